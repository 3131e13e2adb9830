import { lastSegment } from "@hatoba/contract";
import { accessPointArn, fileSystemArn } from "../../model/file-system.ts";
import { everywhere, type RightsOf, type Scope, textIn } from "./right.ts";

const fileSystem = (id: string, { place }: Scope) => ({ resource: fileSystemArn(place, lastSegment(id)) });
const ofFileSystem: RightsOf = (input, scope) => [fileSystem(textIn(input, "FileSystemId") ?? "", scope)];
const ofAccessPoint: RightsOf = (input, { place }) => [
  { resource: accessPointArn(place, lastSegment(textIn(input, "AccessPointId") ?? "")) },
];

/** A mount target's rights are those of its file system. */
const ofMountTarget: RightsOf = (input, scope) => {
  const found = scope.snapshot.get("mountTarget", textIn(input, "MountTargetId") ?? "");
  return [fileSystem(found?.value.fileSystemId ?? "", scope)];
};

/** A description of one thing needs its right, one of all is about everything. */
const described: RightsOf = (input, scope) => {
  if (textIn(input, "AccessPointId") !== undefined) return ofAccessPoint(input, scope);
  if (textIn(input, "MountTargetId") !== undefined) return ofMountTarget(input, scope);
  return textIn(input, "FileSystemId") === undefined ? [everywhere] : ofFileSystem(input, scope);
};

const tagged: RightsOf = (input, scope) => {
  const id = lastSegment(textIn(input, "ResourceId") ?? "");
  return [id.startsWith("fsap-") ? { resource: accessPointArn(scope.place, id) } : fileSystem(id, scope)];
};

/**
 * What calls of EFS need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "Amazon Elastic File System".
 */
export const efsRights: Readonly<Partial<Record<string, RightsOf>>> = {
  CreateAccessPoint: ofFileSystem,
  CreateMountTarget: ofFileSystem,
  CreateTags: ofFileSystem,
  DeleteAccessPoint: ofAccessPoint,
  DeleteFileSystem: ofFileSystem,
  DeleteFileSystemPolicy: ofFileSystem,
  DeleteMountTarget: ofMountTarget,
  DeleteTags: ofFileSystem,
  DescribeAccessPoints: described,
  DescribeBackupPolicy: ofFileSystem,
  DescribeFileSystemPolicy: ofFileSystem,
  DescribeFileSystems: described,
  DescribeLifecycleConfiguration: ofFileSystem,
  DescribeMountTargetSecurityGroups: ofMountTarget,
  DescribeMountTargets: described,
  DescribeTags: ofFileSystem,
  ListTagsForResource: tagged,
  ModifyMountTargetSecurityGroups: ofMountTarget,
  PutBackupPolicy: ofFileSystem,
  PutFileSystemPolicy: ofFileSystem,
  PutLifecycleConfiguration: ofFileSystem,
  TagResource: tagged,
  UntagResource: tagged,
  UpdateFileSystem: ofFileSystem,
  UpdateFileSystemProtection: ofFileSystem,
};
