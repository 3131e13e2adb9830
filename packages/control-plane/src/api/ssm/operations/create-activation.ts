import { hashOfCode, newActivationCode } from "../../../credentials/machine-keys.ts";
import { activationKey } from "../../../model/activation.ts";
import { SsmError } from "../api-error.ts";
import type { Operation } from "../operation.ts";

const hourMs = 3_600_000;
/** Source: Systems Manager API reference, CreateActivation. */
const validity = { usualMs: 24 * hourMs, longestMs: 30 * 24 * hourMs } as const;

/**
 * Leave for machines to join, once or up to RegistrationLimit times, for a day or until ExpirationDate. The code is told
 * here and never again. The role is kept and shown; what a joined machine may do does not depend on it.
 * @throws SsmError InvalidParameters for a date in the past or more than 30 days ahead.
 */
export const createActivation: Operation<"CreateActivation"> = async (input, { store, clock, ids }) => {
  const now = clock.now();
  const expiresAt = input.ExpirationDate?.getTime() ?? now + validity.usualMs;
  if (!(expiresAt > now && expiresAt <= now + validity.longestMs)) {
    throw new SsmError("InvalidParameters", "ExpirationDate must be in the future, and at most 30 days ahead.");
  }
  const [activationId, code] = [ids.uuid(), newActivationCode()];
  const value = {
    activationId,
    codeHash: hashOfCode(code),
    iamRole: input.IamRole ?? "",
    registrationLimit: input.RegistrationLimit ?? 1,
    registrationsCount: 0,
    createdAt: now,
    expiresAt,
    tags: input.Tags ?? [],
    ...(input.Description ? { description: input.Description } : {}),
    ...(input.DefaultInstanceName ? { defaultInstanceName: input.DefaultInstanceName } : {}),
  };
  await store.commit([{ kind: "activation", arn: activationKey(activationId), expected: 0, value }]);
  return { ActivationId: activationId, ActivationCode: code };
};
