import type * as sdk from "@aws-sdk/client-ssm";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import type { ManagedInstance } from "../../../model/managed-instance.ts";
import type { Snapshot } from "../../../store/store.ts";
import { instanceFilter } from "../instance-filters.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";

/**
 * The machines that joined by an activation and were not deregistered. Online is one whose agent is connected just now.
 * Source: Systems Manager API reference, DescribeInstanceInformation.
 */
export const describeInstanceInformation: Operation<"DescribeInstanceInformation"> = async (
  input,
  { store, clock },
) => {
  const isMeant = instanceFilter(input);
  const { MaxResults: size = 10, NextToken: nextToken } = input;
  const snapshot = store.snapshot();
  const found = snapshot
    .list("managedInstance")
    .filter(({ value }) => value.revokedAt === undefined)
    .map(({ value }) => ({ machine: value, facts: describe(value, containerInstanceOf(value, snapshot), clock.now()) }))
    .filter(({ machine, facts }) => isMeant({ ...facts, tags: machine.tags }));
  const { items, nextToken: more } = page(found, ({ machine }) => machine.instanceId, { nextToken, size });
  return {
    InstanceInformationList: items.map(({ facts }) => facts),
    ...(more === undefined ? {} : { NextToken: more }),
  };
};

/** The newest that is not deregistered. */
const containerInstanceOf = ({ instanceId }: ManagedInstance, snapshot: Snapshot): ContainerInstance | undefined =>
  snapshot
    .list("containerInstance", { ec2InstanceId: instanceId })
    .map(({ value }) => value)
    .findLast(({ status }) => status !== "INACTIVE");

function describe(
  machine: ManagedInstance,
  container: ContainerInstance | undefined,
  now: number,
): sdk.InstanceInformation {
  const connected = container?.agentConnected === true;
  const lastPing = connected ? now : (container?.agentConnectedAt ?? machine.registeredAt);
  const optional = {
    AgentVersion: container?.versionInfo?.agentVersion,
    PlatformType: machine.platformType,
    PlatformName: machine.platformName,
    PlatformVersion: machine.platformVersion,
    Name: machine.name,
    IPAddress: machine.ipAddress,
    ComputerName: machine.computerName,
  };
  return {
    InstanceId: machine.instanceId,
    PingStatus: connected ? "Online" : "ConnectionLost",
    LastPingDateTime: new Date(lastPing),
    ActivationId: machine.activationId,
    IamRole: machine.iamRole,
    RegistrationDate: new Date(machine.registeredAt),
    ResourceType: "ManagedInstance",
    SourceId: machine.instanceId,
    SourceType: "AWS::SSM::ManagedInstance",
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}
