import type { Place } from "@hatoba/contract";
import type { NetworkInterface } from "../model/network.ts";
import type { Task, TaskAttachment } from "../model/task.ts";
import type { Snapshot, Write } from "../store/store.ts";
import type { Address } from "./address.ts";
import { FreeGpus, withGpus } from "./assign-gpus.ts";
import type { Placement } from "./place-many.ts";

/** A task and where it goes. `expected`: the task's revision; 0 for a new one. */
export interface PlacedTask {
  readonly arn: string;
  readonly expected: number;
  readonly value: Task;
  readonly placement: Placement;
}

/** What the writes need beyond the choice. */
export interface PlacementContext {
  readonly snapshot: Snapshot;
  readonly place: Place;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly ids: { hex(digits: number): string; uuid(): string };
}

/**
 * Everything to commit so that tasks are where they were placed: the tasks, now PENDING; their network interfaces; and
 * each container instance once, as it was but at a new revision, so that two commits that saw the same room conflict.
 */
export function placementWrites(tasks: readonly PlacedTask[], context: PlacementContext): readonly Write[] {
  const instances = new Map(tasks.map(({ placement: { on } }) => [on.containerInstanceArn, on]));
  const gpus = new FreeGpus(context.snapshot);
  return [
    ...tasks.flatMap((task) => taskWrites({ ...task, value: holdingGpus(task, context, gpus) }, context)),
    ...[...instances.values()].map(
      ({ containerInstanceArn, revision, instance }): Write => ({
        kind: "containerInstance",
        arn: containerInstanceArn,
        expected: revision,
        value: instance,
      }),
    ),
  ];
}

function holdingGpus({ value, placement: { on } }: PlacedTask, { snapshot }: PlacementContext, gpus: FreeGpus): Task {
  if (value.demand.gpus === 0) return value;
  const taskDefinition = snapshot.get("taskDefinition", value.taskDefinitionArn)?.value;
  if (taskDefinition === undefined) return value;
  const take = (count: number) => gpus.take(on.containerInstanceArn, on.instance.registered.gpuIds, count);
  return { ...value, containers: withGpus(value, taskDefinition, take) };
}

function taskWrites({ arn, expected, value, placement }: PlacedTask, context: PlacementContext): readonly Write[] {
  const { on, address } = placement;
  const placed: Task = {
    ...value,
    lastStatus: "PENDING",
    containerInstanceArn: on.containerInstanceArn,
    availabilityZone:
      on.instance.capacity === "FARGATE" && address !== undefined
        ? address.subnet.availabilityZone
        : on.instance.availabilityZone,
  };
  if (address === undefined) return [{ kind: "task", arn, expected, value: placed }];
  const networkInterface = networkInterfaceFor(arn, value, address, context);
  const attachments = [...value.attachments, attachmentFor(networkInterface, context.place)];
  return [
    { kind: "task", arn, expected, value: { ...placed, attachments } },
    {
      kind: "networkInterface",
      arn: `${address.subnet.subnetId}/${address.privateIpAddress}`,
      expected: 0,
      value: networkInterface,
    },
  ];
}

function networkInterfaceFor(
  taskArn: string,
  { networkConfiguration }: Task,
  { subnet, privateIpAddress }: Address,
  { snapshot, now, ids }: PlacementContext,
): NetworkInterface {
  const stated = networkConfiguration?.awsvpcConfiguration?.securityGroups ?? [];
  const defaultGroup = () =>
    snapshot.list("securityGroup", { vpcId: subnet.vpcId }).find(({ value }) => value.groupName === "default");
  return {
    networkInterfaceId: `eni-${ids.hex(17)}`,
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    availabilityZone: subnet.availabilityZone,
    privateIpAddress,
    macAddress: macAddressOf(privateIpAddress),
    securityGroups: stated.length > 0 ? stated : [defaultGroup()?.value.groupId ?? []].flat(),
    attachmentId: ids.uuid(),
    taskArn,
    createdAt: now,
  };
}

/** A locally administered address made of the IPv4 address, so that two interfaces of one network never share it. */
const macAddressOf = (privateIpAddress: string) =>
  ["0a", "58", ...privateIpAddress.split(".").map((part) => Number(part).toString(16).padStart(2, "0"))].join(":");

function attachmentFor(networkInterface: NetworkInterface, { region }: Place): TaskAttachment {
  const { attachmentId, subnetId, networkInterfaceId, macAddress, privateIpAddress } = networkInterface;
  return {
    id: attachmentId,
    type: "ElasticNetworkInterface",
    status: "PRECREATED",
    details: [
      { name: "subnetId", value: subnetId },
      { name: "networkInterfaceId", value: networkInterfaceId },
      { name: "macAddress", value: macAddress },
      { name: "privateDnsName", value: privateDnsName(privateIpAddress, region) },
      { name: "privateIPv4Address", value: privateIpAddress },
    ],
  };
}

/** As `ip-172-31-0-5.ec2.internal`. Source: Amazon VPC user guide, "DNS attributes for your VPC". */
const privateDnsName = (address: string, region: string) =>
  `ip-${address.replaceAll(".", "-")}.${region === "us-east-1" ? "ec2" : `${region}.compute`}.internal`;

/**
 * What to commit, beside the stopped task itself, once nothing of it runs any more: its network interfaces go.
 * The task's own `attachments` become those that `releasedAttachments` returns.
 */
export function releaseWrites(snapshot: Snapshot, taskArn: string, task: Task): readonly Write[] {
  const interfaces = task.attachments.flatMap(({ details }): readonly Write[] => {
    const detail = (name: string) => details.find((entry) => entry.name === name)?.value ?? "";
    const arn = `${detail("subnetId")}/${detail("privateIPv4Address")}`;
    const stored = snapshot.get("networkInterface", arn);
    if (stored === undefined || stored.value.taskArn !== taskArn) return [];
    return [{ kind: "networkInterface", arn, expected: stored.revision, value: null }];
  });
  return [...interfaces, ...keptVolumes(snapshot, taskArn, task)];
}

/** Volumes that outlive their task, if it came as far as to have them. */
function keptVolumes(snapshot: Snapshot, taskArn: string, task: Task): readonly Write[] {
  const { managedVolumes = [], containerInstanceArn, availabilityZone = "", createdAt } = task;
  if (containerInstanceArn === undefined || !mayHaveWritten(task)) return [];
  return managedVolumes
    .filter(({ volumeId, deleteOnTermination }) => !deleteOnTermination && !snapshot.get("keptVolume", volumeId))
    .map((volume) => ({
      kind: "keptVolume",
      arn: volume.volumeId,
      expected: 0,
      value: { ...volume, taskArn, containerInstanceArn, availabilityZone, createdAt },
    }));
}

/** A container was made; or its agent was lost, and cannot say that none was. */
const mayHaveWritten = ({ containers, startedAt, lastStatus }: Task): boolean =>
  startedAt !== undefined || lastStatus !== "STOPPED" || containers.some(({ runtimeId }) => runtimeId !== undefined);

/** A stopped task's attachments. */
export const releasedAttachments = (attachments: Task["attachments"]): Task["attachments"] =>
  attachments.map((attachment) => ({ ...attachment, status: "DELETED" }));
