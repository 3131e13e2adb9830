import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  GroupIdentifier,
  NetworkInterface,
} from "@aws-sdk/client-ec2";
import { attachmentArn } from "@hatoba/contract";
import type * as model from "../../../model/network.ts";
import type { Snapshot } from "../../../store/store.ts";
import type { Caller } from "../../operation-context.ts";
import { type Listing, listItems } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";

/** The interfaces that awsvpc tasks have. Source: EC2 API reference, DescribeNetworkInterfaces. */
export const describeNetworkInterfaces: Ec2Operation<
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult
> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const found = snapshot.list("networkInterface").map(({ value }) => describeNetworkInterface(value, snapshot, caller));
  const { items, ...page } = listItems(found, { ...input, ids: input.NetworkInterfaceIds }, listing);
  return { NetworkInterfaces: items, ...page };
};

function describeNetworkInterface(
  stored: model.NetworkInterface,
  snapshot: Snapshot,
  caller: Caller,
): NetworkInterface {
  const { networkInterfaceId, privateIpAddress: address, attachmentId, taskArn } = stored;
  const dnsName = `ip-${address.replaceAll(".", "-")}.ec2.internal`;
  const cluster = taskArn.split("/")[1] ?? "";
  return {
    NetworkInterfaceId: networkInterfaceId,
    // As ECS fills it in: whoever looks from here finds the task's attachment.
    Description: stored.description ?? attachmentArn(caller, cluster, attachmentId),
    SubnetId: stored.subnetId,
    VpcId: stored.vpcId,
    AvailabilityZone: stored.availabilityZone,
    OwnerId: caller.accountId,
    InterfaceType: "interface",
    Status: "in-use",
    RequesterManaged: true,
    SourceDestCheck: true,
    MacAddress: stored.macAddress,
    PrivateIpAddress: address,
    PrivateDnsName: dnsName,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address, PrivateDnsName: dnsName }],
    Ipv6Addresses: [],
    Groups: stored.securityGroups.map((groupId): GroupIdentifier => {
      const groupName = snapshot.get("securityGroup", groupId)?.value.groupName;
      return { GroupId: groupId, ...(groupName === undefined ? {} : { GroupName: groupName }) };
    }),
    Attachment: {
      AttachmentId: networkInterfaceId.replace("eni-", "eni-attach-"),
      AttachTime: new Date(stored.createdAt),
      DeleteOnTermination: true,
      DeviceIndex: 1,
      InstanceOwnerId: caller.accountId,
      Status: "attached",
    },
    TagSet: [],
  };
}

const address = ({ PrivateIpAddress: text }: NetworkInterface) => text;

const listing: Listing<NetworkInterface> = {
  prefix: "eni",
  malformed: "InvalidNetworkInterfaceId.Malformed",
  notFound: "InvalidNetworkInterfaceID.NotFound",
  subject: "The networkInterface ID",
  idsMember: "networkInterfaceIds",
  idOf: ({ NetworkInterfaceId: id = "" }) => id,
  keyOf: ({ NetworkInterfaceId: id = "" }) => id,
  filters: {
    "network-interface-id": ({ NetworkInterfaceId: id }) => id,
    "subnet-id": ({ SubnetId: id }) => id,
    "vpc-id": ({ VpcId: id }) => id,
    "availability-zone": ({ AvailabilityZone: zone }) => zone,
    "owner-id": ({ OwnerId: id }) => id,
    "private-ip-address": address,
    "addresses.private-ip-address": address,
    "addresses.primary": () => "true",
    "private-dns-name": ({ PrivateDnsName: name }) => name,
    "mac-address": ({ MacAddress: mac }) => mac,
    "group-id": ({ Groups: groups = [] }) => groups.map(({ GroupId }) => GroupId),
    "group-name": ({ Groups: groups = [] }) => groups.map(({ GroupName }) => GroupName),
    status: ({ Status: status }) => status,
    description: ({ Description: text }) => text,
    "interface-type": ({ InterfaceType: type }) => type,
    "requester-managed": ({ RequesterManaged: is }) => String(is),
    "source-dest-check": ({ SourceDestCheck: is }) => String(is),
    "attachment.attachment-id": ({ Attachment: attachment }) => attachment?.AttachmentId,
    "attachment.status": ({ Attachment: attachment }) => attachment?.Status,
  },
};
