import type * as sdk from "@aws-sdk/client-ecs";
import type { Container, Task } from "../../../model/task.ts";

/** A container as `task.containers` shows it. Source: ECS API reference, Container. */
export function describeContainer(container: Container, taskArn: string, { attachments }: Task): sdk.Container {
  const {
    essential: _notShown,
    networkBindings = [],
    healthStatus = "UNKNOWN",
    gpuIds,
    exitCode,
    managedAgents,
    ...rest
  } = container;
  return {
    ...rest,
    taskArn,
    // A process that is restarted or only just ended may have left one already.
    ...(exitCode === undefined || container.lastStatus !== "STOPPED" ? {} : { exitCode }),
    networkBindings: [...networkBindings],
    networkInterfaces: attachments.flatMap(({ id, type, details }) => {
      if (type !== "ElasticNetworkInterface") return [];
      const privateIpv4Address = details.find(({ name }) => name === "privateIPv4Address")?.value;
      return [{ attachmentId: id, ...(privateIpv4Address === undefined ? {} : { privateIpv4Address }) }];
    }),
    healthStatus,
    ...(managedAgents === undefined
      ? {}
      : {
          managedAgents: managedAgents.map(({ lastStartedAt, ...agent }) => ({
            ...agent,
            ...(lastStartedAt === undefined ? {} : { lastStartedAt: new Date(lastStartedAt) }),
          })),
        }),
    ...(gpuIds === undefined ? {} : { gpuIds: [...gpuIds] }),
  };
}
