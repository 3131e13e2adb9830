import type { Cluster } from "../../../model/cluster.ts";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { Stored } from "../../../store/store.ts";

/**
 * The log group that a session's transcript goes to, by the cluster's executeCommandConfiguration: with DEFAULT, and without
 * one, that of the container's own awslogs configuration. Undefined: nothing is kept.
 * Source: ECS API reference, ExecuteCommandConfiguration.
 */
export function transcriptGroupFor(
  { configuration }: Cluster,
  taskDefinition: Stored<"taskDefinition"> | undefined,
  containerName: string,
): string | undefined {
  const { logging = "DEFAULT", logConfiguration } = configuration?.executeCommandConfiguration ?? {};
  if (logging === "NONE") return undefined;
  if (logging === "OVERRIDE") return logConfiguration?.cloudWatchLogGroupName || undefined;
  return taskDefinition === undefined ? undefined : awslogsGroup(taskDefinition.value, containerName);
}

function awslogsGroup({ registered }: TaskDefinition, containerName: string): string | undefined {
  const definition = registered.containerDefinitions?.find(({ name }) => name === containerName);
  const { logDriver, options } = definition?.logConfiguration ?? {};
  return logDriver === "awslogs" ? options?.["awslogs-group"] : undefined;
}
