import type { ChannelTask, ChannelVolume } from "@hatoba/contract";
import { ContainerFailure, type VolumeSpec } from "../runtime/container-runtime.ts";
import { runtimeName } from "./new-task.ts";

/** Where a volume of a task lies: a path of the machine, or a volume of the runtime, made when `create` says so. */
export interface PlacedVolume {
  readonly source: string;
  readonly create?: VolumeSpec;
  /** Somebody else has to have made it. */
  readonly mustExist?: boolean;
  /** It lives as long as the task. */
  readonly ofTask: boolean;
}

/**
 * The volumes of a task by their names in it. Source: agent protocol §3.5, Volume, and §5.10.
 * @param labels put on the volumes that belong to the task
 * @param random hexadecimal digits, the same for the whole life of the task
 * @throws ContainerFailure for a kind of volume that this agent can not provide
 */
export function taskVolumes(
  payload: ChannelTask,
  labels: Readonly<Record<string, string>>,
  random: string,
): ReadonlyMap<string, PlacedVolume> {
  return new Map((payload.volumes ?? []).map((volume) => [volume.name, placed(payload, volume, labels, random)]));
}

function placed(
  payload: ChannelTask,
  volume: ChannelVolume,
  labels: Readonly<Record<string, string>>,
  random: string,
): PlacedVolume {
  const name = runtimeName(payload, volume.name, random);
  if (isAttached(payload, volume.name)) return { source: ebsPlaceholder(volume.name), ofTask: false };
  switch (volume.type ?? "host") {
    case "host": {
      if (volume.host === undefined) throw refused("invalid volume: empty volume configuration");
      const path = volume.host.sourcePath;
      return path ? { source: path, ofTask: false } : { source: name, create: { name, labels }, ofTask: true };
    }
    case "docker": {
      const { scope, autoprovision, driver, driverOpts, labels: own } = volume.dockerVolumeConfiguration ?? {};
      const how = { ...(driver ? { driver } : {}), ...(driverOpts === undefined ? {} : { driverOpts }) };
      if (scope !== "shared")
        return { source: name, create: { name, labels: { ...own, ...labels }, ...how }, ofTask: true };
      const create = { name: volume.name, labels: own ?? {}, ...how };
      return { source: volume.name, ...(autoprovision ? { create } : { mustExist: true }), ofTask: false };
    }
    case "efs":
      return { source: efsPlaceholder(volume.name), ofTask: false };
    case "fsxWindowsFileServer":
      throw refused(`volumes of type ${volume.type} are not supported by this agent`);
    default:
      throw refused("unrecognized volume type");
  }
}

/** Stands where the hook for EBS puts the directory of a volume that is made for the task. */
export const ebsPlaceholder = (volume: string): string => `ebs:${volume}`;

const isAttached = ({ attachments = [] }: ChannelTask, volume: string): boolean =>
  attachments.some(({ attachmentProperties }) =>
    attachmentProperties.some(({ name, value }) => name === "volumeName" && value === volume),
  );

/** Stands where the hook for EFS puts the directory, once it knows whether the task may have it. */
export const efsPlaceholder = (volume: string): string => `efs:${volume}`;

/** The spelling is that of the genuine agent. */
const refused = (why: string) => new ContainerFailure("UnrecogniedTaskError", `Error loading task - ${why}`);
