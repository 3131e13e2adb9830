import type { SecretListEntry } from "@aws-sdk/client-secrets-manager";
import type { Secret } from "../../model/secret.ts";
import { versionsToStages } from "./stages.ts";

const dateOf = <K extends string>(key: K, time: number | undefined): Partial<Record<K, Date>> =>
  time === undefined ? {} : ({ [key]: new Date(time) } as Record<K, Date>);

/** What DescribeSecret and ListSecrets both tell. Source: Secrets Manager API reference, SecretListEntry. */
export const secretSummary = (secret: Secret): SecretListEntry => ({
  ARN: secret.arn,
  Name: secret.name,
  ...(secret.description === undefined ? {} : { Description: secret.description }),
  ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
  ...dateOf("LastRotatedDate", secret.rotatedAt),
  LastChangedDate: new Date(secret.changedAt),
  ...dateOf("LastAccessedDate", secret.accessedAt),
  ...dateOf("DeletedDate", secret.deletesAt),
  Tags: [...secret.tags],
  CreatedDate: new Date(secret.createdAt),
});

/** With the versions that have a stage. */
export const stagesOf = ({ versions }: Secret): Record<string, string[]> => versionsToStages(versions);
