import type { DescribeVolumesRequest, DescribeVolumesResult, Volume } from "@aws-sdk/client-ec2";
import { type Listing, listItems } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";
import { allVolumes } from "../volumes.ts";

/** Those of tasks, and those that outlived them. Source: EC2 API reference, DescribeVolumes. */
export const describeVolumes: Ec2Operation<DescribeVolumesRequest, DescribeVolumesResult> = async (
  input,
  { store },
) => {
  const { items, ...page } = listItems(allVolumes(store.snapshot()), { ...input, ids: input.VolumeIds }, listing);
  return { Volumes: items, ...page };
};

const listing: Listing<Volume> = {
  prefix: "vol",
  malformed: "InvalidParameterValue",
  notFound: "InvalidVolume.NotFound",
  subject: "The volume",
  idsMember: "volumeIds",
  idOf: ({ VolumeId: id = "" }) => id,
  keyOf: ({ VolumeId: id = "" }) => id,
  filters: {
    "volume-id": ({ VolumeId: id }) => id,
    "volume-type": ({ VolumeType: type }) => type,
    status: ({ State: state }) => state,
    size: ({ Size: size }) => String(size),
    encrypted: ({ Encrypted: is }) => String(is),
    "availability-zone": ({ AvailabilityZone: zone }) => zone,
    "tag-key": ({ Tags: tags = [] }) => tags.map(({ Key }) => Key),
    "attachment.instance-id": ({ Attachments: [attachment] = [] }) => attachment?.InstanceId,
    "attachment.delete-on-termination": ({ Attachments: [attachment] = [] }) =>
      attachment && String(attachment.DeleteOnTermination),
  },
};
