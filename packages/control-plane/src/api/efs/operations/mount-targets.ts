import { isIPv4 } from "node:net";
import type { MountTarget } from "../../../model/file-system.ts";
import type { NetworkInterface, Subnet } from "../../../model/network.ts";
import { AddressBook } from "../../../placement/address.ts";
import type { Snapshot, Write } from "../../../store/store.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { EfsError } from "../api-error.ts";
import { describeMountTarget } from "../describe.ts";
import { mountTargetsOf, requireAccessPoint, requireFileSystem, requireMountTarget } from "../find.ts";
import type { Operation } from "../operation.ts";
import { pageOf } from "../page.ts";

/** Source: EFS user guide, "Amazon EFS quotas". */
const mostSecurityGroups = 5;

/**
 * One per zone, with an address of its subnet; its network interface is what keeps that address.
 * Source: EFS API reference, CreateMountTarget.
 */
export const createMountTarget: Operation<"CreateMountTarget"> = async (input, context) => {
  const { store, ids, clock, caller } = context;
  if (input.IpAddressType !== undefined && input.IpAddressType !== "IPV4_ONLY") {
    throw new EfsError("BadRequest", "Mount targets have IPv4 addresses only.");
  }
  const target = await commitPlan(store, (snapshot) => {
    const { arn: fileSystemId, revision, value: fs } = requireFileSystem(snapshot, input.FileSystemId);
    const subnet = snapshot.get("subnet", input.SubnetId ?? "")?.value;
    if (subnet === undefined) throw new EfsError("SubnetNotFound", `The subnet ID '${input.SubnetId}' does not exist`);
    if (fs.availabilityZoneName !== undefined && fs.availabilityZoneName !== subnet.availabilityZone) {
      throw new EfsError(
        "AvailabilityZonesMismatch",
        `File system '${fileSystemId}' is in ${fs.availabilityZoneName} alone.`,
      );
    }
    requirePlace(mountTargetsOf(snapshot, fileSystemId), subnet);
    const securityGroups = groupsFor(snapshot, input.SecurityGroups, subnet.vpcId);
    const ipAddress = addressIn(snapshot, subnet, input.IpAddress);
    const mountTargetId = `fsmt-${ids.hex(17)}`;
    const networkInterface: NetworkInterface = {
      networkInterfaceId: `eni-${ids.hex(17)}`,
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      privateIpAddress: ipAddress,
      macAddress: `0a:58:${ipAddress
        .split(".")
        .map((part) => Number(part).toString(16).padStart(2, "0"))
        .join(":")}`,
      securityGroups,
      attachmentId: ids.uuid(),
      taskArn: "",
      description: `EFS mount target for ${fileSystemId} (${mountTargetId})`,
      createdAt: clock.now(),
    };
    const value: MountTarget = {
      mountTargetId,
      fileSystemId,
      subnetId: subnet.subnetId,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      availabilityZoneId: subnet.availabilityZoneId,
      ipAddress,
      networkInterfaceId: networkInterface.networkInterfaceId,
      securityGroups,
    };
    return {
      writes: [
        // As it is: so that no two mount targets come about in one zone, and none of a file system that is being deleted.
        { kind: "fileSystem", arn: fileSystemId, expected: revision, value: fs },
        { kind: "mountTarget", arn: mountTargetId, expected: 0, value },
        { kind: "networkInterface", arn: `${subnet.subnetId}/${ipAddress}`, expected: 0, value: networkInterface },
      ],
      result: value,
    };
  });
  return { ...describeMountTarget(target, caller), LifeCycleState: "creating" };
};

function requirePlace(others: readonly MountTarget[], { availabilityZone, vpcId }: Subnet): void {
  if (others.some((other) => other.vpcId !== vpcId)) {
    throw new EfsError("MountTargetConflict", "All mount targets of a file system have to be in one VPC.");
  }
  if (others.some((other) => other.availabilityZone === availabilityZone)) {
    throw new EfsError("MountTargetConflict", "mount target already exists in this AZ");
  }
}

function groupsFor(snapshot: Snapshot, given: readonly string[] = [], vpcId: string): readonly string[] {
  if (given.length > mostSecurityGroups) {
    throw new EfsError(
      "SecurityGroupLimitExceeded",
      `A mount target can have at most ${mostSecurityGroups} security groups.`,
    );
  }
  for (const id of given) {
    if (snapshot.get("securityGroup", id)?.value.vpcId === vpcId) continue;
    throw new EfsError("SecurityGroupNotFound", `The SecurityGroup ID '${id}' does not exist in the subnet's VPC.`);
  }
  if (given.length > 0) return given;
  const group = snapshot.list("securityGroup", { vpcId }).find(({ value }) => value.groupName === "default");
  return group === undefined ? [] : [group.value.groupId];
}

function addressIn(snapshot: Snapshot, subnet: Subnet, wanted: string | undefined): string {
  const book = new AddressBook(snapshot);
  if (wanted === undefined) {
    const free = book.lowestFree(subnet);
    if (free !== undefined) return free;
    throw new EfsError("NoFreeAddressesInSubnet", `There are no free addresses in subnet ${subnet.subnetId}.`);
  }
  if (!isIPv4(wanted) || !book.holds(subnet, wanted)) {
    throw new EfsError("BadRequest", `Address ${wanted} does not fall within the subnet's address range`);
  }
  if (snapshot.get("networkInterface", `${subnet.subnetId}/${wanted}`) === undefined) return wanted;
  throw new EfsError("IpAddressInUse", `Address ${wanted} is already in use`);
}

/** Source: EFS API reference, DescribeMountTargets. */
export const describeMountTargets: Operation<"DescribeMountTargets"> = async (input, { store, caller }) => {
  const { FileSystemId, MountTargetId, AccessPointId, Marker: marker, MaxItems: size } = input;
  if ([FileSystemId, MountTargetId, AccessPointId].filter((id) => id !== undefined).length !== 1) {
    throw new EfsError("BadRequest", "Exactly one of FileSystemId, MountTargetId and AccessPointId has to be given.");
  }
  const snapshot = store.snapshot();
  const ofFileSystem = () =>
    AccessPointId === undefined
      ? requireFileSystem(snapshot, FileSystemId).arn
      : requireAccessPoint(snapshot, AccessPointId).value.fileSystemId;
  const found =
    MountTargetId === undefined
      ? mountTargetsOf(snapshot, ofFileSystem())
      : [requireMountTarget(snapshot, MountTargetId).value];
  const { items, next } = pageOf(found, ({ mountTargetId }) => mountTargetId, { marker, size });
  return {
    ...(marker === undefined ? {} : { Marker: marker }),
    MountTargets: items.map((target) => describeMountTarget(target, caller)),
    ...(next === undefined ? {} : { NextMarker: next }),
  };
};

/** What is mounted through it stays mounted, here as in a task of ECS that has opened its files. Source: EFS API reference, DeleteMountTarget. */
export const deleteMountTarget: Operation<"DeleteMountTarget"> = async ({ MountTargetId }, { store }) => {
  await commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireMountTarget(snapshot, MountTargetId);
    const face = snapshot.get("networkInterface", `${value.subnetId}/${value.ipAddress}`);
    const writes: Write[] = [{ kind: "mountTarget", arn, expected: revision, value: null }];
    if (face !== undefined)
      writes.push({ kind: "networkInterface", arn: face.arn, expected: face.revision, value: null });
    return { writes, result: undefined };
  });
  return {};
};

/** Source: EFS API reference, DescribeMountTargetSecurityGroups. */
export const describeMountTargetSecurityGroups: Operation<"DescribeMountTargetSecurityGroups"> = async (
  { MountTargetId },
  { store },
) => ({ SecurityGroups: [...requireMountTarget(store.snapshot(), MountTargetId).value.securityGroups] });

/** Source: EFS API reference, ModifyMountTargetSecurityGroups. */
export const modifyMountTargetSecurityGroups: Operation<"ModifyMountTargetSecurityGroups"> = async (
  { MountTargetId, SecurityGroups },
  { store },
) => {
  await commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireMountTarget(snapshot, MountTargetId);
    const securityGroups = groupsFor(snapshot, SecurityGroups, value.vpcId);
    const face = snapshot.get("networkInterface", `${value.subnetId}/${value.ipAddress}`);
    const writes: Write[] = [{ kind: "mountTarget", arn, expected: revision, value: { ...value, securityGroups } }];
    if (face !== undefined) {
      writes.push({
        kind: "networkInterface",
        arn: face.arn,
        expected: face.revision,
        value: { ...face.value, securityGroups },
      });
    }
    return { writes, result: undefined };
  });
  return {};
};
