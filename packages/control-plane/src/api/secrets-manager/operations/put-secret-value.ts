import type { Secret } from "../../../model/secret.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SecretsError } from "../api-error.ts";
import { givenValue, withNewVersion } from "../new-version.ts";
import type { Operation } from "../operation.ts";
import { requireLiveSecret } from "../secret-identifiers.ts";
import { current } from "../stages.ts";

/**
 * A new version of a secret, AWSCURRENT unless other stages are given. By its token the same call once more does nothing.
 * Source: Secrets Manager API reference, PutSecretValue.
 */
export const putSecretValue: Operation<"PutSecretValue"> = async (input, context) => {
  const value = givenValue(input);
  if (value === undefined) {
    throw new SecretsError("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
  }
  const versionId = input.ClientRequestToken ?? context.ids.uuid();
  const stages = input.VersionStages ?? [current];
  return commitPlan(context.store, (snapshot) => {
    const stored = requireLiveSecret(snapshot, input.SecretId, context.caller);
    const { secret, writes } = withNewVersion(snapshot, stored.value, { versionId, value, stages }, context);
    const version = secret.versions.find((each) => each.versionId === versionId);
    return {
      writes:
        secret === stored.value
          ? writes
          : [{ kind: "secret", arn: stored.arn, expected: stored.revision, value: secret }, ...writes],
      result: {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: versionId,
        VersionStages: [...(version?.stages ?? [])],
      },
    };
  });
};

/** Its description, key or value; a value makes a new AWSCURRENT version. Source: Secrets Manager API reference, UpdateSecret. */
export const updateSecret: Operation<"UpdateSecret"> = async (input, context) => {
  const value = givenValue(input);
  const versionId = input.ClientRequestToken ?? context.ids.uuid();
  const { Description: description, KmsKeyId: kmsKeyId } = input;
  return commitPlan(context.store, (snapshot) => {
    const stored = requireLiveSecret(snapshot, input.SecretId, context.caller);
    const described: Secret = {
      ...stored.value,
      ...(description === undefined ? {} : { description }),
      ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
      changedAt: context.clock.now(),
    };
    const { secret, writes } =
      value === undefined
        ? { secret: described, writes: [] }
        : withNewVersion(snapshot, described, { versionId, value, stages: [current] }, context);
    return {
      writes: [{ kind: "secret", arn: stored.arn, expected: stored.revision, value: secret }, ...writes],
      result: { ARN: secret.arn, Name: secret.name, ...(value === undefined ? {} : { VersionId: versionId }) },
    };
  });
};
