import type { Tag } from "@aws-sdk/client-ecs";
import type { Place } from "@hatoba/contract";

/** A policy that is part of its role. */
export interface InlinePolicy {
  readonly policyName: string;
  /** JSON, as it was given. */
  readonly policyDocument: string;
}

/** An IAM role as stored; keyed by `roleKey`. Written by operations of IAM alone. */
export interface Role {
  readonly roleName: string;
  /** `/`, or `/…/`. */
  readonly path: string;
  /** As `arn:aws:iam::000000000000:role/app`, with the path in it. */
  readonly arn: string;
  /** Who may take on the role: JSON, as it was given. */
  readonly assumeRolePolicyDocument: string;
  readonly description?: string;
  /** Seconds; the longest session that AssumeRole gives. */
  readonly maxSessionDuration: number;
  readonly permissionsBoundaryArn?: string;
  readonly inlinePolicies: readonly InlinePolicy[];
  readonly attachedPolicyArns: readonly string[];
  readonly tags: readonly Tag[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** One version of a managed policy; it never changes. */
export interface PolicyVersion {
  /** `v1`, `v2`, … */
  readonly versionId: string;
  /** JSON, as it was given. */
  readonly policyDocument: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A customer managed policy as stored; keyed by `managedPolicyKey`. Written by operations of IAM alone. */
export interface ManagedPolicy {
  readonly policyName: string;
  /** `/`, or `/…/`. */
  readonly path: string;
  readonly arn: string;
  readonly policyId: string;
  readonly description?: string;
  readonly defaultVersionId: string;
  /** Oldest first, at most five. */
  readonly versions: readonly PolicyVersion[];
  /** The highest number ever given to a version: numbers are not used again. */
  readonly lastVersion: number;
  readonly tags: readonly Tag[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

/** An instance profile as stored: how a role is given to servers; keyed by `instanceProfileKey`. Written by operations. */
export interface InstanceProfile {
  readonly instanceProfileName: string;
  /** `/`, or `/…/`. */
  readonly path: string;
  readonly arn: string;
  readonly instanceProfileId: string;
  /** The one role in it. */
  readonly roleName?: string;
  readonly tags: readonly Tag[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** The key of a role: names are one account's, whatever the path, and differ by more than the case of letters. */
export const roleKey = (roleName: string): string => `role/${roleName.toLowerCase()}`;

/** The key of the role that an ARN names, which need not be there. The role found has to be of that very ARN. */
export const roleKeyOf = (roleArn: string): string => roleKey(roleArn.slice(roleArn.lastIndexOf("/") + 1));

/** The key of a customer managed policy, by name. */
export const managedPolicyKey = (policyName: string): string => `policy/${policyName.toLowerCase()}`;

/** The key of the policy that an ARN names, which need not be there. */
export const managedPolicyKeyOf = (policyArn: string): string =>
  managedPolicyKey(policyArn.slice(policyArn.lastIndexOf("/") + 1));

export const roleArn = ({ accountId }: Pick<Place, "accountId">, path: string, roleName: string): string =>
  `arn:aws:iam::${accountId}:role${path}${roleName}`;

export const managedPolicyArn = ({ accountId }: Pick<Place, "accountId">, path: string, policyName: string): string =>
  `arn:aws:iam::${accountId}:policy${path}${policyName}`;

/** The key of an instance profile, by name. */
export const instanceProfileKey = (name: string): string => `instance-profile/${name.toLowerCase()}`;

export const instanceProfileArn = ({ accountId }: Pick<Place, "accountId">, path: string, name: string): string =>
  `arn:aws:iam::${accountId}:instance-profile${path}${name}`;
