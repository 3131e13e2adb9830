import type { OperationsByName } from "../http/service-definition.ts";
import { createAccessPoint, deleteAccessPoint, describeAccessPoints } from "./operations/access-points.ts";
import {
  createFileSystem,
  deleteFileSystem,
  describeFileSystems,
  updateFileSystem,
  updateFileSystemProtection,
} from "./operations/file-systems.ts";
import {
  createMountTarget,
  deleteMountTarget,
  describeMountTargetSecurityGroups,
  describeMountTargets,
  modifyMountTargetSecurityGroups,
} from "./operations/mount-targets.ts";
import {
  deleteFileSystemPolicy,
  describeBackupPolicy,
  describeFileSystemPolicy,
  describeLifecycleConfiguration,
  putBackupPolicy,
  putFileSystemPolicy,
  putLifecycleConfiguration,
} from "./operations/policies.ts";
import { describeAccountPreferences, describeReplicationConfigurations } from "./operations/replication.ts";
import {
  createTags,
  deleteTags,
  describeTags,
  listTagsForResource,
  tagResource,
  untagResource,
} from "./operations/tags.ts";

/** The operations of EFS that there are, and those that cannot be. */
export const operations = {
  CreateAccessPoint: createAccessPoint,
  CreateFileSystem: createFileSystem,
  CreateMountTarget: createMountTarget,
  CreateReplicationConfiguration: { notBuilt: "A house has one region, so file systems are not replicated." },
  CreateTags: createTags,
  DeleteAccessPoint: deleteAccessPoint,
  DeleteFileSystem: deleteFileSystem,
  DeleteFileSystemPolicy: deleteFileSystemPolicy,
  DeleteMountTarget: deleteMountTarget,
  DeleteReplicationConfiguration: { notBuilt: "A house has one region, so file systems are not replicated." },
  DeleteTags: deleteTags,
  DescribeAccessPoints: describeAccessPoints,
  DescribeAccountPreferences: describeAccountPreferences,
  DescribeBackupPolicy: describeBackupPolicy,
  DescribeFileSystemPolicy: describeFileSystemPolicy,
  DescribeFileSystems: describeFileSystems,
  DescribeLifecycleConfiguration: describeLifecycleConfiguration,
  DescribeMountTargetSecurityGroups: describeMountTargetSecurityGroups,
  DescribeMountTargets: describeMountTargets,
  DescribeReplicationConfigurations: describeReplicationConfigurations,
  DescribeTags: describeTags,
  ListTagsForResource: listTagsForResource,
  ModifyMountTargetSecurityGroups: modifyMountTargetSecurityGroups,
  PutAccountPreferences: { notBuilt: "File systems and mount targets have long ids here, always." },
  PutBackupPolicy: putBackupPolicy,
  PutFileSystemPolicy: putFileSystemPolicy,
  PutLifecycleConfiguration: putLifecycleConfiguration,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateFileSystem: updateFileSystem,
  UpdateFileSystemProtection: updateFileSystemProtection,
} satisfies OperationsByName;
