import type { ContainerInstance } from "../../../model/container-instance.ts";
import type { AgentRelease } from "../../../settings.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { describeContainerInstance } from "../container-instance/describe-container-instance.ts";
import { requireContainerInstance } from "../container-instance/find-container-instance.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";

/**
 * Asks for an agent to be changed to the release that this house names (`--agent-release`); the agent channel takes it there.
 * @throws EcsError NoUpdateAvailableException without a release, or if the agent has it; UpdateInProgressException;
 * MissingVersionException for an agent that does not say what it is; ClientException for one that is not connected. Hatoba's own
 * agent refuses: it is updated by whoever runs its machine. Source: ECS API reference, UpdateContainerAgent.
 */
export const updateContainerAgent: Operation<"UpdateContainerAgent"> = async (input, { store, settings, caller }) => {
  const identifier = requireParameter(input.containerInstance, "Container instance");
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const stored = requireContainerInstance(snapshot, identifier, cluster, caller);
    const release = requireUpdate(stored.value, settings.agentRelease);
    const value = { ...stored.value, agentUpdate: { status: "PENDING" as const, ...release } };
    return {
      writes: [{ kind: "containerInstance", arn: stored.arn, expected: stored.revision, value }],
      result: { containerInstance: describeContainerInstance({ ...stored, value }, snapshot, []) },
    };
  });
};

const underWay: readonly string[] = ["PENDING", "STAGING", "STAGED", "UPDATING"];

function requireUpdate(instance: ContainerInstance, release: AgentRelease | undefined): AgentRelease {
  const { agentConnected, agentUpdate, versionInfo } = instance;
  if (!agentConnected) {
    throw new EcsError("ClientException", "The agent of the container instance is not connected.");
  }
  if (!versionInfo?.agentVersion) {
    throw new EcsError("MissingVersionException", "The current version of the container agent cannot be determined.");
  }
  if (agentUpdate !== undefined && underWay.includes(agentUpdate.status)) {
    throw new EcsError("UpdateInProgressException", "There is already an update in progress for this container agent.");
  }
  const hasIt = agentUpdate?.status === "UPDATED" && agentUpdate.sha256 === release?.sha256;
  if (release === undefined || hasIt) {
    throw new EcsError("NoUpdateAvailableException", "There is no update available for your container agent.");
  }
  return release;
}
