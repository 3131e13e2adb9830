import type {
  ServiceManagedEBSVolumeConfiguration,
  ServiceVolumeConfiguration,
  Tag,
  TaskManagedEBSVolumeConfiguration,
  TaskVolumeConfiguration,
} from "@aws-sdk/client-ecs";

/** As calls that start tasks, and services, have it. */
export type VolumeConfiguration = TaskVolumeConfiguration | ServiceVolumeConfiguration;
export type ManagedConfiguration = TaskManagedEBSVolumeConfiguration & ServiceManagedEBSVolumeConfiguration;

/** What a call wants of a volume that is made when its task starts. */
export interface VolumeWish {
  /** As the task definition calls it. */
  readonly name: string;
  readonly sizeGiB: number;
  readonly volumeType: "gp2" | "gp3" | "io1" | "io2" | "sc1" | "st1" | "standard";
  readonly iops?: number;
  readonly throughput?: number;
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  /** Absent: what the machine's tools make, xfs before ext4. */
  readonly fileSystem?: "ext3" | "ext4" | "xfs";
  readonly roleArn: string;
  readonly deleteOnTermination: boolean;
  readonly tags: readonly Tag[];
}

/** A volume of a task that lives; part of that task. */
export interface TaskVolume extends VolumeWish {
  /** `vol-` and 17 hexadecimal digits. */
  readonly volumeId: string;
  /** Of the task's attachment. */
  readonly attachmentId: string;
}

/** A volume that was kept when its task stopped, on that machine's disk; keyed by its id. */
export interface KeptVolume extends TaskVolume {
  readonly taskArn: string;
  readonly containerInstanceArn: string;
  readonly availabilityZone: string;
  /** Epoch milliseconds: its task's. */
  readonly createdAt: number;
  /** For everybody it is gone; here until the agent has removed its file, which takes this to do it. */
  readonly isDeleted?: true;
}

/** Where it would be on an EC2 instance. Kept and shown: here it is a file. */
export const volumeDevice = "/dev/sdf";

/** Whose tags a volume takes over, by `propagateTags`. */
export type TagSources = Readonly<Record<"TASK_DEFINITION" | "SERVICE" | "NONE", readonly Tag[]>>;

/** What configurations want that were found to be sound. Source of the defaults: ECS API reference, TaskManagedEBSVolumeConfiguration. */
export const wishedVolumes = (given: readonly VolumeConfiguration[], sources: TagSources): readonly VolumeWish[] =>
  given.map(({ name = "", managedEBSVolume = { roleArn: undefined } }) => wishOf(name, managedEBSVolume, sources));

function wishOf(name: string, managed: ManagedConfiguration, sources: TagSources): VolumeWish {
  const { roleArn = "", sizeInGiB = 1, volumeType = "gp3", filesystemType, kmsKeyId, iops, throughput } = managed;
  return {
    name,
    sizeGiB: sizeInGiB,
    volumeType: volumeType as VolumeWish["volumeType"],
    ...(iops === undefined ? {} : { iops }),
    ...(throughput === undefined ? {} : { throughput }),
    encrypted: managed.encrypted ?? false,
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(filesystemType === undefined || filesystemType === "ntfs" ? {} : { fileSystem: filesystemType }),
    roleArn,
    deleteOnTermination: managed.terminationPolicy?.deleteOnTermination ?? true,
    tags: tagsOf(managed, sources),
  };
}

function tagsOf({ tagSpecifications = [] }: ManagedConfiguration, sources: TagSources): readonly Tag[] {
  const tags = new Map<string, Tag>();
  for (const { tags: own = [], propagateTags = "NONE" } of tagSpecifications) {
    for (const tag of [...sources[propagateTags], ...own]) tags.set(tag.key ?? "", tag);
  }
  return [...tags.values()];
}
