import {
  type ManagedConfiguration,
  type VolumeConfiguration,
  type VolumeWish,
  wishedVolumes,
} from "../../../model/managed-volume.ts";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import { EcsError } from "../api-error.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
const unsupported = (what: string) =>
  new EcsError(
    "UnsupportedFeatureException",
    `Hatoba does not have ${what} of EBS volumes; see docs/compatibility.md.`,
  );

/** Least and greatest size in GiB. Source: ECS API reference, TaskManagedEBSVolumeConfiguration, sizeInGiB. */
const sizes: Readonly<Record<VolumeWish["volumeType"], readonly [number, number]>> = {
  gp2: [1, 16_384],
  gp3: [1, 16_384],
  io1: [4, 16_384],
  io2: [4, 65_536],
  sc1: [125, 16_384],
  st1: [125, 16_384],
  standard: [1, 1024],
};

/** Source: ECS API reference, TaskManagedEBSVolumeConfiguration, iops. */
const iopsOf: Readonly<Partial<Record<VolumeWish["volumeType"], readonly [number, number]>>> = {
  gp3: [3000, 80_000],
  io1: [100, 64_000],
  io2: [100, 256_000],
};

/**
 * What is wanted of each volume that a task definition leaves to be configured at launch: one at the most, and all that it names.
 * @throws EcsError. Source: ECS API reference, RunTask `volumeConfigurations`; ECS developer guide, "Use Amazon EBS volumes".
 */
export function volumeWishes(
  given: readonly VolumeConfiguration[] | undefined,
  { registered, tags }: Pick<TaskDefinition, "registered" | "tags">,
): readonly VolumeWish[] {
  const named = (registered.volumes ?? []).flatMap(({ name = "", configuredAtLaunch }) =>
    configuredAtLaunch ? [name] : [],
  );
  const configured = given ?? [];
  if (configured.length > 1) throw invalid("Only one managed EBS volume can be configured for a task.");
  for (const { name } of configured) {
    if (!named.includes(name ?? "")) {
      throw invalid(`The volume name ${name} was not found in the task definition as one that is configuredAtLaunch.`);
    }
  }
  const missing = named.find((name) => configured.every((each) => each.name !== name));
  if (missing !== undefined)
    throw invalid(`The volume ${missing} is configuredAtLaunch and needs a volume configuration.`);
  for (const { name = "", managedEBSVolume } of configured) checkVolume(name, managedEBSVolume);
  return wishedVolumes(configured, { TASK_DEFINITION: tags, SERVICE: [], NONE: [] });
}

/** @throws EcsError unless it is one that there can be */
function checkVolume(name: string, managed: ManagedConfiguration | undefined): void {
  if (managed === undefined) throw invalid(`The volume ${name} needs a managedEBSVolume.`);
  const { roleArn, sizeInGiB, volumeType = "gp3", filesystemType } = managed;
  if (!roleArn) throw invalid("managedEBSVolume needs a roleArn.");
  if (managed.snapshotId !== undefined) throw unsupported("snapshots");
  if (managed.volumeInitializationRate !== undefined) throw unsupported("initialization rates");
  if (filesystemType === "ntfs") throw unsupported("NTFS file systems");
  if (sizeInGiB === undefined) throw invalid("managedEBSVolume needs a sizeInGiB or a snapshotId.");
  const type = requireType(volumeType);
  requireWithin("sizeInGiB", sizeInGiB, sizes[type], type);
  checkFigures(managed, type);
  if (managed.tagSpecifications?.some(({ resourceType }) => resourceType !== "volume")) {
    throw invalid("The resourceType of tagSpecifications is volume.");
  }
}

function requireType(text: string): VolumeWish["volumeType"] {
  if (Object.hasOwn(sizes, text)) return text as VolumeWish["volumeType"];
  throw invalid(`volumeType can be ${Object.keys(sizes).join(", ")}, not ${text}.`);
}

function checkFigures({ iops, throughput }: ManagedConfiguration, type: VolumeWish["volumeType"]): void {
  const limits = iopsOf[type];
  if (iops === undefined && (type === "io1" || type === "io2")) throw invalid(`A volume of type ${type} needs iops.`);
  if (iops !== undefined && limits === undefined) throw invalid(`A volume of type ${type} cannot have iops.`);
  if (iops !== undefined && limits !== undefined) requireWithin("iops", iops, limits, type);
  if (throughput !== undefined && type !== "gp3") throw invalid(`A volume of type ${type} cannot have a throughput.`);
  if (throughput !== undefined) requireWithin("throughput", throughput, [125, 2000], type);
}

function requireWithin(what: string, value: number, [least, most]: readonly [number, number], type: string): void {
  if (value >= least && value <= most) return;
  throw invalid(`${what} of a volume of type ${type} can be from ${least} to ${most}, not ${value}.`);
}
