import type { Write } from "../../../store/store.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SecretsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { findSecret, requireLiveSecret, requireSecret, secretArn } from "../secret-identifiers.ts";

const dayMs = 24 * 60 * 60_000;
/** In days. Source: Secrets Manager API reference, DeleteSecret. */
const window = { usual: 30, least: 7, most: 30 } as const;

/** Deletes a secret at the end of its recovery window, or at once. Source: Secrets Manager API reference, DeleteSecret. */
export const deleteSecret: Operation<"DeleteSecret"> = async (input, context) => {
  const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input;
  if (force && days !== undefined) {
    throw invalid("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (days !== undefined && (days < window.least || days > window.most)) {
    throw invalid("RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  return force ? deleteNow(SecretId ?? "", context) : schedule(SecretId ?? "", days ?? window.usual, context);
};

type Context = Parameters<typeof deleteSecret>[1];

/** One that is not there is as good as deleted. */
const deleteNow = (secretId: string, { store, clock, caller }: Context) =>
  commitPlan(store, (snapshot) => {
    const DeletionDate = new Date(clock.now());
    const secret = findSecret(snapshot, secretId, caller);
    if (secret === undefined) {
      const [arn, name] = secretId.startsWith("arn:")
        ? [secretId, secretId.slice(secretId.indexOf(":secret:") + ":secret:".length)]
        : [secretArn(secretId, "000000", caller), secretId];
      return { writes: [], result: { ARN: arn, Name: name, DeletionDate } };
    }
    const gone = [secret, ...snapshot.list("secretVersion", { secretArn: secret.arn })];
    return {
      writes: gone.map(({ kind, arn, revision }) => ({ kind, arn, expected: revision, value: null }) as Write),
      result: { ARN: secret.arn, Name: secret.value.name, DeletionDate },
    };
  });

const schedule = (secretId: string, days: number, { store, clock, caller }: Context) =>
  commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireSecret(snapshot, secretId, caller);
    if (value.deletesAt !== undefined) {
      throw new SecretsError(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was already scheduled for deletion.",
      );
    }
    const now = clock.now();
    const deletesAt = now + days * dayMs;
    return {
      writes: [{ kind: "secret", arn, expected: revision, value: { ...value, deletedAt: now, deletesAt } }],
      result: { ARN: arn, Name: value.name, DeletionDate: new Date(deletesAt) },
    };
  });

/** Source: Secrets Manager API reference, RestoreSecret. */
export const restoreSecret: Operation<"RestoreSecret"> = ({ SecretId }, { store, caller }) =>
  commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireSecret(snapshot, SecretId, caller);
    const { deletedAt: _since, deletesAt, ...restored } = value;
    return {
      writes: deletesAt === undefined ? [] : [{ kind: "secret", arn, expected: revision, value: restored }],
      result: { ARN: arn, Name: value.name },
    };
  });

/** Source: Secrets Manager API reference, CancelRotateSecret: there is no rotation that would go by itself. */
export const cancelRotateSecret: Operation<"CancelRotateSecret"> = async ({ SecretId }, { store, caller }) => {
  const { arn, value } = requireLiveSecret(store.snapshot(), SecretId, caller);
  return { ARN: arn, Name: value.name };
};

const invalid = (message: string) => new SecretsError("InvalidParameterException", message);
