import { EcsError } from "../api-error.ts";
import { requireContainerInstance } from "../container-instance/find-container-instance.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";

/**
 * Agents are not updated from here: whoever runs the machine updates it. A container instance that does not exist is
 * told apart, as is one without a connected agent.
 * @throws EcsError always; NoUpdateAvailableException is ECS's own way to say that there is nothing newer.
 */
export const updateContainerAgent: Operation<"UpdateContainerAgent"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const identifier = requireParameter(input.containerInstance, "Container instance");
  const { value } = requireContainerInstance(snapshot, identifier, cluster, caller);
  if (!value.agentConnected) {
    throw new EcsError("ClientException", "The agent of the container instance is not connected.");
  }
  throw new EcsError("NoUpdateAvailableException", "There is no update available for your container agent.");
};
