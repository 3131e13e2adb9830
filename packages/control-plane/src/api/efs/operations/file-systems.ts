import type { CreateFileSystemRequest } from "@aws-sdk/client-efs";
import type { FileSystem } from "../../../model/file-system.ts";
import { update } from "../../../store/update.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { EfsError } from "../api-error.ts";
import { describeFileSystem } from "../describe.ts";
import { withTags } from "../file-tags.ts";
import { accessPointsOf, mountTargetsOf, requireFileSystem } from "../find.ts";
import type { EfsContext, Operation } from "../operation.ts";
import { pageOf } from "../page.ts";

/** How long two calls with the same token are kept from each other; after that the file system itself tells. */
const claimMs = 60 * 60 * 1000;

/**
 * The directory is there when this returns; the answer says `creating` all the same, as EFS's does, and the next description
 * `available`. A token that was used before is FileSystemAlreadyExists. Source: EFS API reference, CreateFileSystem.
 */
export const createFileSystem: Operation<"CreateFileSystem"> = async (input, context) => {
  const { store, clock, caller, directories } = context;
  const value = newFileSystem(input, context);
  const { fileSystemId: id, creationToken } = value;
  requireNew(store.snapshot().list("fileSystem", { creationToken })[0]?.value);
  await directories.create(id);
  try {
    await commitPlan(store, (snapshot) => {
      requireNew(snapshot.list("fileSystem", { creationToken })[0]?.value);
      const arn = `efs/${creationToken}`;
      const expected = snapshot.get("clientToken", arn)?.revision ?? 0;
      const claim = { operation: "CreateFileSystem", requestHash: "", arns: [id], expiresAt: clock.now() + claimMs };
      return {
        writes: [
          { kind: "fileSystem", arn: id, expected: 0, value },
          { kind: "clientToken", arn, expected, value: claim },
        ],
        result: undefined,
      };
    });
  } catch (error) {
    await directories.remove(id);
    throw error;
  }
  return { ...describeFileSystem(value, { mountTargets: 0, size: undefined }, caller), LifeCycleState: "creating" };
};

function requireNew(same: FileSystem | undefined): void {
  if (same === undefined) return;
  const { fileSystemId, creationToken } = same;
  const message = `File system '${fileSystemId}' already exists with creation token '${creationToken}'`;
  throw new EfsError("FileSystemAlreadyExists", message, { members: { FileSystemId: fileSystemId } });
}

function newFileSystem(input: CreateFileSystemRequest, { ids, clock, settings }: EfsContext): FileSystem {
  const { PerformanceMode = "generalPurpose", KmsKeyId, AvailabilityZoneName: zone } = input;
  if (KmsKeyId !== undefined && input.Encrypted !== true) {
    throw new EfsError("BadRequest", "Encrypted must be set to true if KmsKeyId is given.");
  }
  if (zone !== undefined && !settings.availabilityZones.includes(zone)) {
    throw new EfsError("UnsupportedAvailabilityZone", `The Availability Zone ${zone} is not supported.`);
  }
  const throughput = throughputOf(input, "bursting");
  if (PerformanceMode === "maxIO" && (zone !== undefined || throughput.throughputMode === "elastic")) {
    throw new EfsError("BadRequest", "Max I/O performance mode is not supported with One Zone or elastic throughput.");
  }
  return {
    fileSystemId: `fs-${ids.hex(17)}`,
    creationToken: input.CreationToken ?? ids.uuid(),
    createdAt: clock.now(),
    performanceMode: PerformanceMode,
    ...throughput,
    encrypted: input.Encrypted ?? false,
    ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }),
    ...(zone === undefined ? {} : { availabilityZoneName: zone }),
    tags: withTags([], input.Tags),
    // One-zone file systems are backed up unless told otherwise. Source: EFS API reference, CreateFileSystem, Backup.
    backups: input.Backup ?? zone !== undefined,
    lifecyclePolicies: [],
    replicationOverwriteProtection: "ENABLED",
  };
}

type Throughput = Pick<FileSystem, "throughputMode" | "provisionedThroughputInMibps">;

/** @throws EfsError BadRequest for a figure without its mode, or the other way round */
function throughputOf(
  {
    ThroughputMode,
    ProvisionedThroughputInMibps: figure,
  }: Pick<CreateFileSystemRequest, "ThroughputMode" | "ProvisionedThroughputInMibps">,
  usual: FileSystem["throughputMode"],
): Throughput {
  const mode = ThroughputMode ?? usual;
  if ((mode === "provisioned") !== (figure !== undefined)) {
    throw new EfsError("BadRequest", "ProvisionedThroughputInMibps and the throughput mode provisioned go together.");
  }
  return { throughputMode: mode, ...(figure === undefined ? {} : { provisionedThroughputInMibps: figure }) };
}

/** Source: EFS API reference, DescribeFileSystems. */
export const describeFileSystems: Operation<"DescribeFileSystems"> = async (input, context) => {
  const { store, caller, directories } = context;
  const { FileSystemId: id, CreationToken: creationToken, Marker: marker, MaxItems: size } = input;
  if (id !== undefined && creationToken !== undefined) {
    throw new EfsError("BadRequest", "FileSystemId and CreationToken cannot be given together.");
  }
  const snapshot = store.snapshot();
  const found =
    id === undefined
      ? snapshot.list("fileSystem", creationToken === undefined ? {} : { creationToken })
      : [requireFileSystem(snapshot, id)];
  const { items, next } = pageOf(
    found.map(({ value }) => value),
    ({ fileSystemId }) => fileSystemId,
    { marker, size },
  );
  return {
    ...(marker === undefined ? {} : { Marker: marker }),
    FileSystems: items.map((fs) => {
      const mountTargets = snapshot.count("mountTarget", { fileSystemId: fs.fileSystemId });
      return describeFileSystem(fs, { mountTargets, size: directories.size(fs.fileSystemId) }, caller);
    }),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
};

/** Its throughput, which is kept and shown and limits nothing here. Source: EFS API reference, UpdateFileSystem. */
export const updateFileSystem: Operation<"UpdateFileSystem"> = async (input, context) => {
  const { store, caller, directories } = context;
  const { fileSystemId } = requireFileSystem(store.snapshot(), input.FileSystemId).value;
  const value = await update(store, "fileSystem", fileSystemId, (fs) => {
    const { throughputMode, provisionedThroughputInMibps: figure, ...rest } = fs;
    const mode = input.ThroughputMode ?? throughputMode;
    const kept =
      mode === "provisioned" ? (input.ProvisionedThroughputInMibps ?? figure) : input.ProvisionedThroughputInMibps;
    return {
      ...rest,
      ...throughputOf({ ThroughputMode: mode, ProvisionedThroughputInMibps: kept }, mode),
    };
  });
  const mountTargets = store.snapshot().count("mountTarget", { fileSystemId });
  return {
    ...describeFileSystem(value, { mountTargets, size: directories.size(fileSystemId) }, caller),
    LifeCycleState: "updating",
  };
};

/** Source: EFS API reference, UpdateFileSystemProtection. */
export const updateFileSystemProtection: Operation<"UpdateFileSystemProtection"> = async (input, { store }) => {
  const { fileSystemId } = requireFileSystem(store.snapshot(), input.FileSystemId).value;
  const wanted = input.ReplicationOverwriteProtection === "DISABLED" ? "DISABLED" : "ENABLED";
  await update(store, "fileSystem", fileSystemId, (fs) => ({ ...fs, replicationOverwriteProtection: wanted }));
  return { ReplicationOverwriteProtection: wanted };
};

/** Its access points go with it; mount targets have to be gone before. Source: EFS API reference, DeleteFileSystem. */
export const deleteFileSystem: Operation<"DeleteFileSystem"> = async (input, { store, directories }) => {
  const id = await commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireFileSystem(snapshot, input.FileSystemId);
    if (mountTargetsOf(snapshot, value.fileSystemId).length > 0) {
      throw new EfsError("FileSystemInUse", `File system '${arn}' has mount targets: delete those first.`);
    }
    const points = accessPointsOf(snapshot, arn).map(({ accessPointId }) => snapshot.get("accessPoint", accessPointId));
    return {
      writes: [
        { kind: "fileSystem", arn, expected: revision, value: null },
        ...points.flatMap((point) =>
          point === undefined
            ? []
            : [{ kind: "accessPoint" as const, arn: point.arn, expected: point.revision, value: null }],
        ),
      ],
      result: arn,
    };
  });
  await directories.remove(id);
  return {};
};
