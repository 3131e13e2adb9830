import type { Tag } from "@aws-sdk/client-secrets-manager";

/** What is known of one version of a secret beside its value. */
export interface SecretVersionStages {
  /** 32 to 64 characters, chosen by the caller; a UUID if not. */
  readonly versionId: string;
  /** As `AWSCURRENT`; each is on one version at the most. A version without any is deprecated. */
  readonly stages: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A secret of Secrets Manager as stored; keyed by its ARN. Written by operations. Times are epoch milliseconds. */
export interface Secret {
  readonly name: string;
  /** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-` and six random letters or digits. */
  readonly arn: string;
  readonly description?: string;
  /** Kept as a name, and shown; the house has one key. */
  readonly kmsKeyId?: string;
  readonly versions: readonly SecretVersionStages[];
  readonly tags: readonly Tag[];
  /** JSON. */
  readonly resourcePolicy?: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** Start of the day (UTC) on which a value was last read. */
  readonly accessedAt?: number;
  readonly rotatedAt?: number;
  /** When deletion was asked for, and when it happens. Both or none. */
  readonly deletedAt?: number;
  readonly deletesAt?: number;
}

/** The value of one version, keyed by `secretVersionKey`; never changed but to seal it anew. */
export interface SecretVersion {
  readonly secretArn: string;
  readonly versionId: string;
  /** JSON of `SecretValue`, sealed with the house's key. */
  readonly sealedValue: string;
}

/** What a version holds: a text, or bytes in base64. */
export type SecretValue = { readonly text: string } | { readonly bytes: string };

export const secretVersionKey = (secretArn: string, versionId: string): string => `${secretArn}/${versionId}`;
