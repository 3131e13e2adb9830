import type { Secret, SecretVersionStages } from "../../../model/secret.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { SecretsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireLiveSecret } from "../secret-identifiers.ts";
import { current, withStages } from "../stages.ts";

interface StageMove {
  readonly VersionStage?: string | undefined;
  readonly RemoveFromVersionId?: string | undefined;
  readonly MoveToVersionId?: string | undefined;
}

/** Source: Secrets Manager API reference, UpdateSecretVersionStage. */
export const updateSecretVersionStage: Operation<"UpdateSecretVersionStage"> = (input, { store, clock, caller }) =>
  commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireLiveSecret(snapshot, input.SecretId, caller);
    const versions = movedStage(value, input);
    return {
      writes: [{ kind: "secret", arn, expected: revision, value: { ...value, versions, changedAt: clock.now() } }],
      result: { ARN: arn, Name: value.name },
    };
  });

/** @throws SecretsError ResourceNotFoundException, InvalidParameterException */
function movedStage(
  { versions }: Secret,
  { VersionStage: stage = "", RemoveFromVersionId: from, MoveToVersionId: to }: StageMove,
): readonly SecretVersionStages[] {
  for (const versionId of [from, to]) {
    if (versionId !== undefined && !versions.some((version) => version.versionId === versionId)) {
      throw new SecretsError(
        "ResourceNotFoundException",
        `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
      );
    }
  }
  const holder = versions.find(({ stages }) => stages.includes(stage))?.versionId;
  if (from !== undefined && holder !== from) {
    throw invalid(`Staging label ${stage} isn't attached to version ${from}.`);
  }
  if (to === undefined) {
    if (from === undefined) throw invalid("You must provide MoveToVersionId or RemoveFromVersionId.");
    if (stage === current) {
      throw invalid(
        `You can only move staging label ${current} to a different secret version. It can't be completely removed.`,
      );
    }
    return versions.map((version) =>
      version.versionId === from ? { ...version, stages: version.stages.filter((each) => each !== stage) } : version,
    );
  }
  if (holder !== undefined && holder !== to && from === undefined) {
    throw invalid(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  return withStages(versions, to, [stage]);
}

const invalid = (message: string) => new SecretsError("InvalidParameterException", message);
