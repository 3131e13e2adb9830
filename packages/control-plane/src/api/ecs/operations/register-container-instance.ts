import type { Place } from "@hatoba/contract";
import { containerInstanceArn } from "@hatoba/contract";
import type { ContainerInstance } from "../../../model/container-instance.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { commitPlan } from "../commit-plan.ts";
import { describeContainerInstance } from "../container-instance/describe-container-instance.ts";
import { readRegistration, registerAgain } from "../container-instance/registration.ts";
import { containerInstanceFrom } from "../identifiers.ts";
import type { Input, Operation } from "../operation.ts";
import { type FoundCluster, requireCluster } from "../require.ts";
import { mergeTags, requireTags } from "../tags.ts";

/** The SDK's types leave out what only agents send: the token that makes a repeated registration the same one. */
type AgentInput = Input<"RegisterContainerInstance"> & { readonly clientToken?: string | undefined };

/**
 * Makes a machine known, or known again: under the ARN it names, or under the one that its clientToken was answered
 * with before. It never makes a cluster: the agent does, and only `default`.
 * @throws EcsError ClusterNotFoundException; ClientException for an ARN that is unknown or deregistered.
 * Source: ECS API reference, RegisterContainerInstance; the answers are those that the agent tells apart.
 */
export const registerContainerInstance: Operation<"RegisterContainerInstance"> = async (
  input: AgentInput,
  { store, clock, ids, settings, caller },
) => {
  const registration = readRegistration(input, settings.availabilityZones);
  const tags = requireTags(input.tags);
  const newId = ids.hex(32);
  return commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const known = knownInstance(input, snapshot, cluster, caller);
    const arn = known?.arn ?? containerInstanceArn(caller, cluster.name, newId);
    const value: ContainerInstance = known
      ? { ...registerAgain(known.value, arn, registration), tags: mergeTags(known.value.tags, tags) }
      : {
          ...registration,
          clusterArn: cluster.arn,
          status: "ACTIVE",
          agentConnected: false,
          placements: 0,
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

function knownInstance(
  { containerInstanceArn: named, clientToken }: AgentInput,
  snapshot: Snapshot,
  cluster: FoundCluster,
  place: Place,
): Stored<"containerInstance"> | undefined {
  if (named) {
    const stored = snapshot.get("containerInstance", containerInstanceFrom(named, cluster, place).arn);
    if (stored === undefined) throw new EcsError("ClientException", `Container instance ${named} was not found.`);
    return stored;
  }
  if (!clientToken) return undefined;
  return snapshot
    .list("containerInstance", { registrationToken: clientToken, clusterArn: cluster.arn })
    .find(({ value }) => value.status !== "INACTIVE");
}
