import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../platform/clock.ts";
import type { Settings } from "../../settings.ts";
import { parseClaim } from "../wire/signature-claim.ts";
import { SignatureError } from "../wire/signature-error.ts";
import { verifySignature } from "../wire/sigv4.ts";
import type { AccessKey, AccessKeys } from "./access-keys.ts";
import type { Authenticator } from "./authenticator.ts";

/** Takes requests that are signed with one of `keys`, for this region and the service they go to. */
export function sigV4Authenticator({
  keys,
  clock,
  settings,
}: {
  readonly keys: AccessKeys;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "region">;
}): Authenticator {
  return async (request, { signingName: service }) => {
    const claim = parseClaim(request);
    const now = clock.now();
    const key = requireKey({ ...claim.scope, ...claim }, { keys, now });
    // STS and IAM are one for all regions, and clients sign for us-east-1 then.
    const regions = service === "sts" || service === "iam" ? [settings.region, "us-east-1"] : [settings.region];
    verifySignature(request, claim, { secretAccessKey: key.secretAccessKey, service, regions, now });
    return key.caller;
  };
}

/** The key that a request says it is signed with. @param now epoch milliseconds @throws SignatureError unknown or expired */
export function requireKey(
  { accessKeyId, sessionToken = "" }: { readonly accessKeyId: string; readonly sessionToken?: string },
  { keys, now }: { readonly keys: AccessKeys; readonly now: number },
): AccessKey {
  const key = keys.lookupKey(accessKeyId, sessionToken === "" ? undefined : sessionToken);
  if (key === undefined || !isSame(key.sessionToken ?? "", sessionToken)) {
    throw new SignatureError("unknownKey", "The security token included in the request is invalid.");
  }
  if (key.expiresAt !== undefined && key.expiresAt <= now) {
    throw new SignatureError("expiredToken", "The security token included in the request is expired");
  }
  return key;
}

const digest = (text: string) => createHash("sha256").update(text).digest();
const isSame = (a: string, b: string) => (a === "" && b === "") || timingSafeEqual(digest(a), digest(b));
