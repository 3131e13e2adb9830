import type { WireRequest } from "./protocol.ts";

/** What a signature is for: `AKID/20260101/us-east-1/ecs/aws4_request`. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** As `20260101`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** Splits a credential, or says undefined for a text that is none. */
export function parseCredential(text: string): CredentialScope | undefined {
  const parts = text.split("/");
  // An access key id may itself have slashes in it; the other four parts cannot.
  const [date, region, service, terminator] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join("/");
  if (!accessKeyId || date === undefined || region === undefined || service === undefined || terminator === undefined) {
    return undefined;
  }
  return { accessKeyId, date, region, service, terminator };
}

/** The scope that a request claims in its Authorization header or its query string, whether or not its signature holds. */
export function credentialScopeOf({
  headers,
  query,
}: Pick<WireRequest, "headers" | "query">): CredentialScope | undefined {
  const header = headers.authorization;
  const fromHeader = typeof header === "string" ? /Credential=([^,\s]+)/.exec(header)?.[1] : undefined;
  const text = fromHeader ?? new URLSearchParams(query).get("X-Amz-Credential") ?? undefined;
  return text === undefined ? undefined : parseCredential(text);
}
