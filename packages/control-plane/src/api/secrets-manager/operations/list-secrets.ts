import type { Secret } from "../../../model/secret.ts";
import type { Stored } from "../../../store/store.ts";
import { secretSummary, stagesOf } from "../describe-secret.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";
import { secretFilter } from "../secret-filters.ts";
import { requireSecret } from "../secret-identifiers.ts";

/** Source: Secrets Manager API reference, DescribeSecret. */
export const describeSecret: Operation<"DescribeSecret"> = async ({ SecretId }, { store, caller }) => {
  const { value } = requireSecret(store.snapshot(), SecretId, caller);
  return { ...secretSummary(value), VersionIdsToStages: stagesOf(value) };
};

const sortKeys: Readonly<Record<string, (secret: Secret) => string | number>> = {
  "created-date": ({ createdAt }) => createdAt,
  "last-accessed-date": ({ accessedAt = 0 }) => accessedAt,
  "last-changed-date": ({ changedAt }) => changedAt,
  name: ({ name }) => name,
};

/** Those to be deleted only if they are asked for. Source: Secrets Manager API reference, ListSecrets. */
export const listSecrets: Operation<"ListSecrets"> = async (input, { store }) => {
  const { Filters = [], IncludePlannedDeletion = false, SortBy = "created-date", SortOrder = "desc" } = input;
  const matches = secretFilter(Filters);
  const keyOf = sortKeys[SortBy] ?? (({ createdAt }: Secret) => createdAt);
  const found = store
    .snapshot()
    .list("secret")
    .filter(({ value }) => (IncludePlannedDeletion || value.deletesAt === undefined) && matches(value));
  const positionOf = ({ value }: Stored<"secret">) => [keyOf(value), value.name];
  const { items, NextToken } = page(found, positionOf, input, SortOrder !== "asc");
  return {
    SecretList: items.map(({ value }) => ({ ...secretSummary(value), SecretVersionsToStages: stagesOf(value) })),
    ...(NextToken === undefined ? {} : { NextToken }),
  };
};

/** Source: Secrets Manager API reference, ListSecretVersionIds. */
export const listSecretVersionIds: Operation<"ListSecretVersionIds"> = async (input, { store, caller }) => {
  const { value } = requireSecret(store.snapshot(), input.SecretId, caller);
  const versions = value.versions.filter(({ stages }) => input.IncludeDeprecated || stages.length > 0);
  const { items, NextToken } = page(versions, ({ createdAt, versionId }) => [createdAt, versionId], input);
  return {
    ARN: value.arn,
    Name: value.name,
    Versions: items.map(({ versionId, stages, createdAt }) => ({
      VersionId: versionId,
      VersionStages: [...stages],
      CreatedDate: new Date(createdAt),
      KmsKeyIds: [value.kmsKeyId ?? "DefaultEncryptionKey"],
    })),
    ...(NextToken === undefined ? {} : { NextToken }),
  };
};
