import { containerInstanceArn } from "@hatoba/contract";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import type { Caller } from "../../operation-context.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { describeContainerInstance } from "../container-instance/describe-container-instance.ts";
import { type Registration, readRegistration, registerAgain } from "../container-instance/registration.ts";
import { containerInstanceFrom } from "../identifiers.ts";
import type { Input, Operation } from "../operation.ts";
import { type FoundCluster, requireCluster } from "../require.ts";
import { mergeTags, requireTags } from "../tags.ts";

/** The SDK's types leave out what only agents send: the token that makes a repeated registration the same one. */
type AgentInput = Input<"RegisterContainerInstance"> & { readonly clientToken?: string | undefined };

/**
 * Makes a machine known, or known again: under the ARN it names, or under the one that its clientToken was answered
 * with before. A machine that joined by an activation has its `mi-` id as ec2InstanceId; it can only be what it was, and in
 * the same cluster is that again also when it has forgotten. It never makes a cluster: the agent does, and only `default`.
 * @throws EcsError ClusterNotFoundException; ClientException for an ARN that is unknown or deregistered;
 * AccessDeniedException for capacity that is the house's own.
 * Source: ECS API reference, RegisterContainerInstance; the answers are those that the agent tells apart.
 */
export const registerContainerInstance: Operation<"RegisterContainerInstance"> = async (
  input: AgentInput,
  { store, clock, ids, settings, caller },
) => {
  const registration = readRegistration(input, settings.availabilityZones);
  requireOwnCapacity(registration, caller);
  const tags = requireTags(input.tags);
  const newId = ids.hex(32);
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const known = knownInstance(input, snapshot, cluster, caller);
    const machine = caller.machine === undefined ? {} : { ec2InstanceId: caller.machine.instanceId };
    const arn = known?.arn ?? containerInstanceArn(caller, cluster.name, newId);
    const value: ContainerInstance = known
      ? { ...registerAgain(known.value, arn, registration), ...machine, tags: mergeTags(known.value.tags, tags) }
      : {
          ...registration,
          ...machine,
          clusterArn: cluster.arn,
          status: "ACTIVE",
          agentConnected: false,
          registeredAt: clock.now(),
          tags,
          ...(input.clientToken ? { registrationToken: input.clientToken } : {}),
        };
    const revision = known?.revision ?? 0;
    const described = describeContainerInstance({ kind: "containerInstance", arn, revision, value }, snapshot, [
      "TAGS",
    ]);
    return {
      writes: [{ kind: "containerInstance", arn, expected: revision, value }],
      result: { containerInstance: described },
    };
  });
};

/** Capacity for Fargate gets tasks of all clusters, and their credentials: more than a right on one cluster, or a machine's key, is for. */
function requireOwnCapacity({ capacity }: Registration, { arn, machine, roleSession }: Caller): void {
  if (capacity !== "FARGATE" || (machine === undefined && roleSession === undefined)) return;
  throw new EcsError("AccessDeniedException", `User: ${arn} is not authorized to register capacity for Fargate`);
}

function knownInstance(
  { containerInstanceArn: named, clientToken }: AgentInput,
  snapshot: Snapshot,
  cluster: FoundCluster,
  caller: Caller,
): Stored<"containerInstance"> | undefined {
  const { machine } = caller;
  if (named) {
    const stored = snapshot.get("containerInstance", containerInstanceFrom(named, cluster, caller).arn);
    const isForeign = machine !== undefined && stored?.value.ec2InstanceId !== machine.instanceId;
    if (stored === undefined || isForeign)
      throw new EcsError("ClientException", `Container instance ${named} was not found.`);
    return stored;
  }
  if (machine !== undefined) {
    return snapshot
      .list("containerInstance", { ec2InstanceId: machine.instanceId, clusterArn: cluster.arn })
      .find(({ value }) => value.status !== "INACTIVE");
  }
  if (!clientToken) return undefined;
  return snapshot
    .list("containerInstance", { registrationToken: clientToken, clusterArn: cluster.arn })
    .find(({ value }) => value.status !== "INACTIVE");
}
