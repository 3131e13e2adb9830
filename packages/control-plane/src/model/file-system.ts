import type { Place } from "@hatoba/contract";

/** As EFS spells them. */
export interface FileTag {
  readonly Key: string;
  readonly Value: string;
}

/** A file system of EFS; keyed by its id. Its files lie in a directory of that name. Times are epoch milliseconds. */
export interface FileSystem {
  /** `fs-` and 17 hexadecimal digits. */
  readonly fileSystemId: string;
  readonly creationToken: string;
  readonly createdAt: number;
  readonly performanceMode: "generalPurpose" | "maxIO";
  readonly throughputMode: "bursting" | "provisioned" | "elastic";
  readonly provisionedThroughputInMibps?: number;
  /** Kept and shown; the files themselves are as safe as the disk they are on. */
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  /** Of a file system of one zone alone. */
  readonly availabilityZoneName?: string;
  readonly tags: readonly FileTag[];
  readonly backups: boolean;
  readonly lifecyclePolicies: readonly Readonly<Record<string, string>>[];
  readonly replicationOverwriteProtection: "ENABLED" | "DISABLED";
  /** The policy document, as it was given. */
  readonly policy?: string;
}

/** Where tasks of a zone reach a file system; keyed by its id. */
export interface MountTarget {
  /** `fsmt-` and 17 hexadecimal digits. */
  readonly mountTargetId: string;
  readonly fileSystemId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
  readonly availabilityZoneId: string;
  readonly ipAddress: string;
  readonly networkInterfaceId: string;
  readonly securityGroups: readonly string[];
}

/** Who a client of an access point is, whatever it says itself. */
export interface PosixUser {
  readonly uid: number;
  readonly gid: number;
  readonly secondaryGids: readonly number[];
}

/** A way into a file system, with a user and a root directory of its own; keyed by its id. */
export interface AccessPoint {
  /** `fsap-` and 17 hexadecimal digits. */
  readonly accessPointId: string;
  readonly fileSystemId: string;
  readonly clientToken: string;
  readonly tags: readonly FileTag[];
  readonly posixUser?: PosixUser;
  /** Absolute. */
  readonly rootDirectory: string;
  /** How the root directory is made if it is not there. `permissions` as `0755`. */
  readonly creationInfo?: { readonly ownerUid: number; readonly ownerGid: number; readonly permissions: string };
}

const efsArn = ({ region, accountId }: Place, resource: string) =>
  `arn:aws:elasticfilesystem:${region}:${accountId}:${resource}`;
/** ARN of a file system. */
export const fileSystemArn = (place: Place, id: string): string => efsArn(place, `file-system/${id}`);
/** ARN of an access point. */
export const accessPointArn = (place: Place, id: string): string => efsArn(place, `access-point/${id}`);
