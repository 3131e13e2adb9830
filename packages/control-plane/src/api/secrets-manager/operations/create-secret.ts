import type { Secret } from "../../../model/secret.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SecretsError } from "../api-error.ts";
import { givenValue, withNewVersion } from "../new-version.ts";
import type { Operation } from "../operation.ts";
import { checkSecretName, findSecret, secretArn } from "../secret-identifiers.ts";
import { withTags } from "../secret-tags.ts";
import { current } from "../stages.ts";

/**
 * A new secret, with a first version if it comes with a value. The same call once more, by its token, answers the same.
 * Source: Secrets Manager API reference, CreateSecret.
 */
export const createSecret: Operation<"CreateSecret"> = async (input, context) => {
  const { store, clock, ids, caller } = context;
  const { Name: name = "", Description: description, KmsKeyId: kmsKeyId, ClientRequestToken } = input;
  checkSecretName(name);
  if (input.AddReplicaRegions !== undefined) {
    throw new SecretsError("InvalidParameterException", "Invalid replica region. There is one region here.");
  }
  if (input.Type !== undefined) {
    throw new SecretsError("InvalidParameterException", "Managed external secrets are not supported here.");
  }
  const value = givenValue(input);
  const versionId = ClientRequestToken ?? ids.uuid();
  const arn = secretArn(name, ids.hex(6), caller);
  const tags = withTags([], input.Tags ?? []);
  return commitPlan(store, (snapshot) => {
    const existing = snapshot.list("secret", { name })[0];
    if (existing !== undefined) {
      requireSameCall(existing.value, ClientRequestToken);
      if (value !== undefined) {
        withNewVersion(snapshot, existing.value, { versionId, value, stages: [current] }, context);
      }
      return { writes: [], result: answer(existing.value, value === undefined ? undefined : versionId) };
    }
    if (findSecret(snapshot, arn, caller) !== undefined) throw exists(name);
    const now = clock.now();
    const empty: Secret = {
      name,
      arn,
      ...(description === undefined ? {} : { description }),
      ...(kmsKeyId ? { kmsKeyId } : {}),
      versions: [],
      tags,
      createdAt: now,
      changedAt: now,
    };
    const { secret, writes } =
      value === undefined
        ? { secret: empty, writes: [] }
        : withNewVersion(snapshot, empty, { versionId, value, stages: [current] }, context);
    return {
      writes: [{ kind: "secret", arn, expected: 0, value: secret }, ...writes],
      result: answer(secret, value === undefined ? undefined : versionId),
    };
  });
};

const answer = ({ arn, name }: Secret, versionId: string | undefined) => ({
  ARN: arn,
  Name: name,
  ...(versionId === undefined ? {} : { VersionId: versionId }),
});

const exists = (name: string) =>
  new SecretsError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);

function requireSameCall({ name, deletesAt, versions }: Secret, token: string | undefined): void {
  if (deletesAt !== undefined) {
    throw new SecretsError(
      "InvalidRequestException",
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (token === undefined || versions[0]?.versionId !== token) throw exists(name);
}
