import type { Clock } from "../../platform/clock.ts";
import type { Settings } from "../../settings.ts";
import type { Authenticator } from "../http/authenticator.ts";
import { HttpRefusal } from "../http/refusal.ts";
import { targetOf } from "../wire/aws-json.ts";
import { JoinAttempts } from "./join-attempts.ts";

/**
 * Lets in one call without a signature, RegisterManagedInstance: a machine that joins has no key yet, and what it brings
 * instead is its activation's code. Each address may try so often only. All other requests are for `authenticate`.
 * @throws HttpRefusal ThrottlingException
 */
export function lettingMachinesJoin(
  authenticate: Authenticator,
  { clock, settings: { accountId, region } }: { readonly clock: Clock; readonly settings: Settings },
): Authenticator {
  const attempts = new JoinAttempts(clock);
  return async (request, signedFor) => {
    const { target, operation } = request.method === "POST" ? (targetOf(request) ?? {}) : {};
    if (target !== "AmazonSSM" || operation !== "RegisterManagedInstance") return authenticate(request, signedFor);
    if (!attempts.take(request.remoteAddress ?? "")) {
      throw new HttpRefusal({ name: "ThrottlingException", message: "Rate exceeded", status: 400 });
    }
    const arn = `arn:aws:iam::${accountId}:anonymous`;
    return { accountId, region, arn, userId: "anonymous", accessKeyId: "" };
  };
}
