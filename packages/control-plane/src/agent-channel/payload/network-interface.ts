import { attachmentArn, type ElasticNetworkInterface, type Place } from "@hatoba/contract";
import type { NetworkInterface, Subnet } from "../../model/network.ts";
import type { Task } from "../../model/task.ts";

/** The interface of an awsvpc task, as the agent is to bring it up. Source: agent protocol, ElasticNetworkInterface. */
export function channelNetworkInterface(
  place: Place,
  clusterName: string,
  task: Task,
  networkInterface: NetworkInterface,
  subnet: Subnet,
): ElasticNetworkInterface {
  const attachment = task.attachments.find(({ id }) => id === networkInterface.attachmentId);
  const privateDnsName = attachment?.details.find(({ name }) => name === "privateDnsName")?.value;
  return {
    ec2Id: networkInterface.networkInterfaceId,
    macAddress: networkInterface.macAddress,
    attachmentArn: attachmentArn(place, clusterName, networkInterface.attachmentId),
    ipv4Addresses: [{ primary: true, privateAddress: networkInterface.privateIpAddress }],
    subnetGatewayIpv4Address: gatewayOf(subnet.cidrBlock),
    ...(privateDnsName === undefined ? {} : { privateDnsName }),
  };
}

/** The first address of a subnet is its gateway: `172.31.16.0/20` gives `172.31.16.1/20`. Source: VPC user guide, subnet sizing. */
export function gatewayOf(cidrBlock: string): string {
  const [address = "", length = "24"] = cidrBlock.split("/");
  const octets = address.split(".").map(Number);
  return `${[...octets.slice(0, 3), (octets[3] ?? 0) + 1].join(".")}/${length}`;
}
