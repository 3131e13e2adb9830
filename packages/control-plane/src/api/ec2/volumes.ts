import type { Volume } from "@aws-sdk/client-ec2";
import { type KeptVolume, type TaskVolume, volumeDevice } from "../../model/managed-volume.ts";
import type { Snapshot } from "../../store/store.ts";
import { describeTags } from "./tags.ts";

/** All volumes there are: those of tasks that live, and those that were kept when theirs stopped. */
export function allVolumes(snapshot: Snapshot): readonly Volume[] {
  const kept = snapshot.list("keptVolume").flatMap(({ value }) => (value.isDeleted ? [] : [describeVolume(value)]));
  const alive = snapshot
    .list("task")
    .filter(({ value }) => value.managedVolumes !== undefined && value.lastStatus !== "STOPPED");
  const used = alive.flatMap(({ value: task }) =>
    (task.managedVolumes ?? []).map((volume) => {
      const { containerInstanceArn, availabilityZone = "", createdAt } = task;
      return describeVolume({ ...volume, availabilityZone, createdAt }, instanceOf(snapshot, containerInstanceArn));
    }),
  );
  return [...kept, ...used];
}

const instanceOf = (snapshot: Snapshot, arn: string | undefined): string =>
  (arn && snapshot.get("containerInstance", arn)?.value.ec2InstanceId) || arn || "";

/** @param instance what it is attached to; absent for one that is kept */
function describeVolume(
  volume: TaskVolume & Pick<KeptVolume, "availabilityZone" | "createdAt">,
  instance?: string,
): Volume {
  const { volumeId, iops, throughput, kmsKeyId, createdAt, deleteOnTermination } = volume;
  const attachment = {
    VolumeId: volumeId,
    InstanceId: instance ?? "",
    Device: volumeDevice,
    State: "attached" as const,
    AttachTime: new Date(createdAt),
    DeleteOnTermination: deleteOnTermination,
  };
  return {
    VolumeId: volumeId,
    Size: volume.sizeGiB,
    VolumeType: volume.volumeType,
    State: instance === undefined ? "available" : "in-use",
    AvailabilityZone: volume.availabilityZone,
    CreateTime: new Date(createdAt),
    Encrypted: volume.encrypted,
    MultiAttachEnabled: false,
    SnapshotId: "",
    ...(iops === undefined ? {} : { Iops: iops }),
    ...(throughput === undefined ? {} : { Throughput: throughput }),
    ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
    Attachments: instance === undefined ? [] : [attachment],
    Tags: describeTags(volume.tags),
  };
}
