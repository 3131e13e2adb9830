import { EcsError } from "../api-error.ts";

/** What the server takes from the identity document that EC2 gives to a machine. */
export interface InstanceIdentity {
  readonly instanceId?: string;
  readonly availabilityZone?: string;
  readonly instanceType?: string;
  readonly imageId?: string;
  /** `x86_64` or `arm64`. */
  readonly architecture?: string;
}

const members = ["instanceId", "availabilityZone", "instanceType", "imageId", "architecture"] as const;

/** EC2 gives no machine an `mi-…` id: that would be the name of one that joined by an activation. */
const isStated = (name: (typeof members)[number], value: unknown): boolean =>
  typeof value === "string" && !(name === "instanceId" && value.startsWith("mi-"));

/**
 * Reads the document, which is JSON; undefined if there is none. Its signature is not looked at: only an authenticated
 * caller gets here. @throws EcsError InvalidParameterException for a text that is no such document.
 */
export function readIdentity(document: string | undefined): InstanceIdentity | undefined {
  if (!document) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(document);
  } catch (cause) {
    throw new EcsError("InvalidParameterException", "Invalid instance identity document.", { cause });
  }
  if (typeof content !== "object" || content === null) {
    throw new EcsError("InvalidParameterException", "Invalid instance identity document.");
  }
  const given: Readonly<Record<string, unknown>> = { ...content };
  return Object.fromEntries(members.flatMap((name) => (isStated(name, given[name]) ? [[name, given[name]]] : [])));
}
