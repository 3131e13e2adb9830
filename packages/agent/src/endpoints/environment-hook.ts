import type { TaskHook } from "../engine/task-hook.ts";
import type { EndpointIds } from "./endpoint-ids.ts";

/** Where every container asks. */
const address = "http://169.254.170.2";

/**
 * Tells every container where its endpoints are, whatever its task definition says of the same variables.
 * Source: agent protocol §6.6.
 */
export function environmentHook({
  ids,
  prepare,
}: {
  readonly ids: Pick<EndpointIds, "of">;
  /** Makes the address reach the agent from every network of this machine; it does not fail. */
  readonly prepare: () => Promise<void>;
}): TaskHook {
  return {
    async beforeCreate({ task, container }, spec) {
      await prepare();
      const id = ids.of(task.arn, container.name);
      const credentialsId = task.roleCredentials?.credentialsId;
      return {
        ...spec,
        environment: {
          ...spec.environment,
          ECS_CONTAINER_METADATA_URI: `${address}/v3/${id}`,
          ECS_CONTAINER_METADATA_URI_V4: `${address}/v4/${id}`,
          ECS_AGENT_URI: `${address}/api/${id}`,
          ...(credentialsId ? { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${credentialsId}` } : {}),
        },
      };
    },
  };
}
