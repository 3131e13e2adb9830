import type { ElasticNetworkInterface } from "@hatoba/contract";
import { type KnownTask, networkModeOf } from "../engine/known-task.ts";
import type { ContainerDetails } from "../runtime/container-details.ts";
import type { Json } from "./container-metadata.ts";

/**
 * The networks of a container, one entry. @param isRich as version 4 of the endpoint shows them, with all that is known of a
 * task's network interface. Source: agent protocol §6.3.
 */
export function networksOf({ payload }: KnownTask, details: ContainerDetails, isRich: boolean): readonly Json[] {
  const mode = networkModeOf(payload);
  const [face] = payload.elasticNetworkInterfaces ?? [];
  if (mode === "awsvpc" && face !== undefined) {
    const addresses = face.ipv4Addresses.map(({ privateAddress }) => privateAddress);
    return [{ NetworkMode: "awsvpc", IPv4Addresses: addresses, ...(isRich ? interfaceOf(face) : {}) }];
  }
  if (mode === "host" || mode === "none") return [{ NetworkMode: mode }];
  const addresses = details.networks.map(({ address }) => address);
  return [{ NetworkMode: "bridge", IPv4Addresses: addresses.length === 0 ? [""] : addresses }];
}

function interfaceOf(face: ElasticNetworkInterface): Json {
  return {
    AttachmentIndex: 0,
    MACAddress: face.macAddress,
    IPv4SubnetCIDRBlock: subnetOf(face.subnetGatewayIpv4Address),
    DomainNameServers: face.domainNameServers?.length ? face.domainNameServers : undefined,
    DomainNameSearchList: face.domainName?.length ? face.domainName : undefined,
    PrivateDNSName: face.privateDnsName || undefined,
    SubnetGatewayIpv4Address: face.subnetGatewayIpv4Address,
  };
}

/** `172.31.16.1/20` → `172.31.16.0/20`. */
export function subnetOf(gateway: string): string | undefined {
  const [address = "", bits = ""] = gateway.split("/");
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || bits === "" || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  const size = 2 ** (32 - Number(bits));
  const number = parts.reduce((sum, part) => sum * 256 + part, 0);
  const first = Math.floor(number / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/${bits}`;
}
