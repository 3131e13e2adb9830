import type { AccessPointDescription, FileSystemDescription, MountTargetDescription } from "@aws-sdk/client-efs";
import type { MeasuredSize } from "../../file-systems/file-system-directories.ts";
import {
  type AccessPoint,
  accessPointArn,
  type FileSystem,
  fileSystemArn,
  type MountTarget,
} from "../../model/file-system.ts";
import type { Caller } from "../operation-context.ts";
import { nameIn } from "./file-tags.ts";

/** What EFS shows of a file system with nothing in it, in bytes. */
const emptyBytes = 6144;

/** @param around how many mount targets it has, and what is in it as far as that is known */
export function describeFileSystem(
  fs: FileSystem,
  { mountTargets, size }: { readonly mountTargets: number; readonly size: MeasuredSize | undefined },
  caller: Caller,
): FileSystemDescription {
  const value = size?.bytes ?? emptyBytes;
  const { kmsKeyId, provisionedThroughputInMibps, availabilityZoneName } = fs;
  return {
    OwnerId: caller.accountId,
    CreationToken: fs.creationToken,
    FileSystemId: fs.fileSystemId,
    FileSystemArn: fileSystemArn(caller, fs.fileSystemId),
    CreationTime: new Date(fs.createdAt),
    LifeCycleState: "available",
    ...nameIn(fs.tags),
    NumberOfMountTargets: mountTargets,
    SizeInBytes: {
      Value: value,
      ...(size === undefined ? {} : { Timestamp: new Date(size.at) }),
      ValueInIA: 0,
      ValueInStandard: value,
      ValueInArchive: 0,
    },
    PerformanceMode: fs.performanceMode,
    Encrypted: fs.encrypted,
    ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
    ThroughputMode: fs.throughputMode,
    ...(provisionedThroughputInMibps === undefined
      ? {}
      : { ProvisionedThroughputInMibps: provisionedThroughputInMibps }),
    ...(availabilityZoneName === undefined ? {} : { AvailabilityZoneName: availabilityZoneName }),
    Tags: [...fs.tags],
    FileSystemProtection: { ReplicationOverwriteProtection: fs.replicationOverwriteProtection },
  };
}

export const describeMountTarget = (target: MountTarget, { accountId }: Caller): MountTargetDescription => ({
  OwnerId: accountId,
  MountTargetId: target.mountTargetId,
  FileSystemId: target.fileSystemId,
  SubnetId: target.subnetId,
  LifeCycleState: "available",
  IpAddress: target.ipAddress,
  NetworkInterfaceId: target.networkInterfaceId,
  AvailabilityZoneId: target.availabilityZoneId,
  AvailabilityZoneName: target.availabilityZone,
  VpcId: target.vpcId,
});

export function describeAccessPoint(point: AccessPoint, caller: Caller): AccessPointDescription {
  const { posixUser: user, creationInfo: info } = point;
  return {
    ClientToken: point.clientToken,
    ...nameIn(point.tags),
    Tags: [...point.tags],
    AccessPointId: point.accessPointId,
    AccessPointArn: accessPointArn(caller, point.accessPointId),
    FileSystemId: point.fileSystemId,
    ...(user && {
      PosixUser: {
        Uid: user.uid,
        Gid: user.gid,
        ...(user.secondaryGids.length === 0 ? {} : { SecondaryGids: [...user.secondaryGids] }),
      },
    }),
    RootDirectory: {
      Path: point.rootDirectory,
      ...(info && {
        CreationInfo: { OwnerUid: info.ownerUid, OwnerGid: info.ownerGid, Permissions: info.permissions },
      }),
    },
    OwnerId: caller.accountId,
    LifeCycleState: "available",
  };
}
