import type { SecretVersionStages } from "../../model/secret.ts";
import { SecretsError } from "./api-error.ts";

export const current = "AWSCURRENT";
export const previous = "AWSPREVIOUS";
export const pending = "AWSPENDING";

/** Source: Secrets Manager user guide, "Secrets Manager quotas". */
const mostVersions = 100;

/** Source: Secrets Manager user guide, "Secrets Manager quotas": staging labels attached across all versions of a secret. */
const mostStages = 20;

/**
 * The versions of a secret after these stages have been given to one of them. Each leaves the version that had it; the one
 * that was AWSCURRENT becomes AWSPREVIOUS, and is the only one. Source: Secrets Manager API reference, PutSecretValue.
 * @throws SecretsError LimitExceededException if the versions would have more stages than there may be
 */
export function withStages(
  versions: readonly SecretVersionStages[],
  versionId: string,
  stages: readonly string[],
): readonly SecretVersionStages[] {
  const replaced = stages.includes(current)
    ? versions.find((version) => version.stages.includes(current) && version.versionId !== versionId)
    : undefined;
  const staged = versions.map((version) => {
    if (version.versionId === versionId) {
      const kept = version.stages.filter((stage) => !(replaced !== undefined && stage === previous));
      return { ...version, stages: [...new Set([...kept, ...stages])] };
    }
    const left = version.stages.filter(
      (stage) => !stages.includes(stage) && !(replaced !== undefined && stage === previous),
    );
    return { ...version, stages: version === replaced ? [...left, previous] : left };
  });
  if (staged.flatMap((version) => version.stages).length > mostStages) {
    throw new SecretsError(
      "LimitExceededException",
      `The versions of a secret can have at most ${mostStages} staging labels attached.`,
    );
  }
  return staged;
}

/** Versions that make room: the oldest of those without a stage, if there are too many. */
export function surplusVersions(versions: readonly SecretVersionStages[]): readonly SecretVersionStages[] {
  const surplus = versions.length - mostVersions;
  if (surplus <= 0) return [];
  return versions.filter(({ stages }) => stages.length === 0).slice(0, surplus);
}

/** As DescribeSecret shows it: versions that have a stage. */
export const versionsToStages = (versions: readonly SecretVersionStages[]): Record<string, string[]> =>
  Object.fromEntries(
    versions.filter(({ stages }) => stages.length > 0).map(({ versionId, stages }) => [versionId, [...stages]]),
  );
