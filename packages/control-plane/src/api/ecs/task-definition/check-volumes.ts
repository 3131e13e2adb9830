import type { Volume } from "@aws-sdk/client-ecs";
import { isName } from "../names.ts";
import type { NamedContainer } from "./check-containers.ts";
import { refuse } from "./refuse.ts";

const kinds = [
  "host",
  "dockerVolumeConfiguration",
  "efsVolumeConfiguration",
  "fsxWindowsFileServerVolumeConfiguration",
  "s3filesVolumeConfiguration",
] as const;

/** The volumes, and that every mount point names one. Source: ECS API reference, Volume; text: ansible/ansible 35777. */
export function checkVolumes(volumes: readonly Volume[], containers: readonly NamedContainer[]): void {
  const names = new Set<string>();
  for (const volume of volumes) {
    const { name } = volume;
    if (!name) refuse("Volume name should not be null or empty.");
    if (!isName(name)) refuse(`Volume name '${name}' contains invalid characters.`);
    if (names.has(name)) refuse(`Duplicate volume name '${name}'.`);
    names.add(name);
    checkVolume(name, volume);
  }
  for (const { name, mountPoints = [], volumesFrom = [] } of containers) {
    checkMountPoints(name, mountPoints, names);
    for (const { sourceContainer } of volumesFrom) {
      if (sourceContainer === name || !containers.some((container) => container.name === sourceContainer)) {
        refuse(`Unknown container '${sourceContainer ?? "null"}' in the volumesFrom of container '${name}'.`);
      }
    }
  }
}

function checkMountPoints(
  container: string,
  mountPoints: NonNullable<NamedContainer["mountPoints"]>,
  volumes: ReadonlySet<string>,
): void {
  const paths = new Set<string>();
  for (const { sourceVolume, containerPath } of mountPoints) {
    if (sourceVolume === undefined || !volumes.has(sourceVolume)) refuse(`Unknown volume '${sourceVolume ?? "null"}'.`);
    if (!containerPath) refuse(`Invalid 'containerPath' setting for container '${container}'.`);
    if (paths.has(containerPath)) refuse(`Duplicate mount point '${containerPath}' in container '${container}'.`);
    paths.add(containerPath);
  }
}

function checkVolume(name: string, volume: Volume): void {
  const given = kinds.filter((kind) => volume[kind] !== undefined);
  if (given.length > 1) refuse(`Volume '${name}' can have only one of ${given.join(" and ")}.`);
  if (volume.configuredAtLaunch && given.length > 0) {
    refuse(`Volume '${name}' is configured at launch and cannot have ${given[0]}.`);
  }
  const { dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume;
  if (docker?.autoprovision && docker.scope !== "shared") {
    refuse(`Volume '${name}' must have the scope 'shared' to be autoprovisioned.`);
  }
  if (efs === undefined) return;
  if (!efs.fileSystemId) refuse("EFS fileSystemId should not be null or empty.");
  const { accessPointId, iam } = efs.authorizationConfig ?? {};
  const encrypted = efs.transitEncryption === "ENABLED";
  if ((accessPointId !== undefined || iam === "ENABLED") && !encrypted) {
    refuse("Transit encryption must be enabled when an EFS access point or IAM authorization is used.");
  }
  if (accessPointId !== undefined && efs.rootDirectory !== "/") {
    refuse("The root directory must be omitted or '/' when an EFS access point is used.");
  }
}
