import { attachmentArn, lastSegment, parseArn, type VolumeAttachment } from "@hatoba/contract";
import { type TaskVolume, volumeDevice } from "../../model/managed-volume.ts";

/** A volume that an agent makes for its task. Source: agent protocol, section 3.8, `amazonebs`. */
export function volumeAttachment(
  { attachmentId, volumeId, name, sizeGiB, fileSystem, deleteOnTermination }: TaskVolume,
  taskArn: string,
  clusterArn: string,
): VolumeAttachment {
  const place = parseArn(taskArn) ?? { accountId: "", region: "" };
  return {
    attachmentArn: attachmentArn(place, lastSegment(clusterArn), attachmentId),
    attachmentType: "amazonebs",
    attachmentProperties: [
      { name: "volumeId", value: volumeId },
      { name: "volumeName", value: name },
      { name: "volumeSizeGib", value: String(sizeGiB) },
      { name: "deviceName", value: volumeDevice },
      { name: "sourceVolumeHostPath", value: `/mnt/ecs/ebs/${lastSegment(taskArn)}_${name}` },
      ...(fileSystem === undefined ? [] : [{ name: "fileSystem", value: fileSystem }]),
      { name: "deleteOnTermination", value: String(deleteOnTermination) },
    ],
  };
}
