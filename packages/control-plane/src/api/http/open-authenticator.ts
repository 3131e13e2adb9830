import type { Settings } from "../../settings.ts";
import type { Caller } from "../operation-context.ts";
import { credentialScopeOf } from "../wire/credential-scope.ts";
import type { Authenticator } from "./authenticator.ts";
import { requireLocalCaller } from "./browser-guard.ts";

/**
 * Takes any key, and none: everybody is the account's root. For drop-in use of an emulator; the server only starts with
 * it on a loopback address, and web pages of other origins are refused.
 */
export function openAuthenticator({ accountId, region }: Pick<Settings, "accountId" | "region">): Authenticator {
  return async (request) => {
    requireLocalCaller(request);
    return {
      ...rootCaller({ accountId, region }),
      accessKeyId: credentialScopeOf(request)?.accessKeyId ?? "anonymous",
    };
  };
}

/** The account's root, by no key. */
export const rootCaller = ({ accountId, region }: Pick<Settings, "accountId" | "region">): Caller => ({
  accountId,
  region,
  arn: `arn:aws:iam::${accountId}:root`,
  userId: accountId,
  accessKeyId: "anonymous",
});
