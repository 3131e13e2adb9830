import type { IncomingMessage } from "node:http";
import { requireLocalCaller } from "../http/browser-guard.ts";
import type { Caller } from "../operation-context.ts";
import { DistributionRefusal } from "./distribution-error.ts";
import type { RegistryTokens } from "./registry-tokens.ts";

/** How callers of the registry are known. */
export interface Doorkeeper {
  readonly tokens: RegistryTokens;
  /** Everybody on this machine is this one, as with `--auth open`. */
  readonly everybody?: Caller;
  /** As `http://127.0.0.1:4577`, for the answer to whoever has no login. */
  readonly realm: (request: IncomingMessage) => string;
}

/**
 * Who asks, by the password of GetAuthorizationToken and the user `AWS`.
 * @throws DistributionRefusal UNAUTHORIZED without a login, DENIED with one that does not hold. Source: answers of ECR.
 */
export function whoAsks(request: IncomingMessage, { tokens, everybody, realm }: Doorkeeper): Caller {
  if (everybody !== undefined) {
    requireLocalCaller(request);
    return everybody;
  }
  const [, scheme, encoded = ""] = /^(\w+) (.+)$/.exec(request.headers.authorization ?? "") ?? [];
  if (scheme?.toLowerCase() !== "basic") {
    throw new DistributionRefusal({
      status: 401,
      code: "UNAUTHORIZED",
      message: "Not Authorized",
      headers: { "www-authenticate": `Basic realm="${realm(request)}/",service="ecr.amazonaws.com"` },
    });
  }
  const login = Buffer.from(encoded, "base64").toString();
  const caller = login.startsWith("AWS:") ? tokens.open(login.slice("AWS:".length)) : undefined;
  if (caller === "expired") throw denied("Your authorization token has expired. Reauthenticate and try again.");
  if (caller === undefined) throw denied("Your Authorization Token is invalid.");
  return caller;
}

/** 401 and not 403: Docker takes a login for good otherwise. */
const denied = (message: string) =>
  new DistributionRefusal({ status: message.includes("expired") ? 403 : 401, code: "DENIED", message });
