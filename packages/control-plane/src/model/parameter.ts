import type { ParameterTier, ParameterType, Tag } from "@aws-sdk/client-ssm";

/** A parameter as stored, keyed by `parameterKey`: what all its versions share. Written by operations. */
export interface Parameter {
  /** With its path, as `/app/db/password`. */
  readonly name: string;
  /** The versions there are; numbers count up from 1 and are never used again. */
  readonly oldest: number;
  readonly latest: number;
  readonly tags: readonly Tag[];
  /** Epoch milliseconds; it is deleted then, if a policy of its latest version says so. */
  readonly expiresAt?: number;
}

/** One version of a parameter as stored, keyed by `parameterVersionKey`. Written by operations, and but for labels once. */
export interface ParameterVersion {
  /** The parameter's key. */
  readonly parameter: string;
  readonly version: number;
  readonly type: ParameterType;
  /** Sealed with the house's key, whatever its type. */
  readonly sealedValue: string;
  readonly tier: Exclude<ParameterTier, "Intelligent-Tiering">;
  readonly dataType: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  /** Of a SecureString: kept as a name, and shown; the house has one key. */
  readonly keyId?: string;
  /** JSON, as it was given. */
  readonly policies?: string;
  readonly labels: readonly string[];
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  /** ARN of whoever put it. */
  readonly modifiedBy: string;
}

type Place = { readonly region: string; readonly accountId: string };

export const parameterKey = (name: string): string => `parameter/${name}`;
export const parameterVersionKey = (name: string, version: number): string => `parameter/${name}:${version}`;
/** The slash that a path begins with is not doubled. Source: Service Authorization Reference, "AWS Systems Manager". */
export const parameterArn = (name: string, { region, accountId }: Place): string =>
  `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`;
