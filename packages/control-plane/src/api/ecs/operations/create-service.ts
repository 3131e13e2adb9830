import { createHash } from "node:crypto";
import { serviceArn } from "@hatoba/contract";
import { launchTypeOf } from "../../../model/new-task.ts";
import type { Service } from "../../../model/service.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { checkLaunch, chooseLaunch } from "../check-launch.ts";
import { commitPlan } from "../commit-plan.ts";
import { requireName } from "../names.ts";
import type { Input, Operation } from "../operation.ts";
import { requireCluster, requireParameter, requireTaskDefinition } from "../require.ts";
import {
  checkDaemon,
  deploymentConfigurationOf,
  refuseUnbuilt,
  requireDesiredCount,
  requireGracePeriod,
} from "../services/check-service.ts";
import { describeService } from "../services/describe-service.ts";
import { deploymentWrites, newDeployment, newDeploymentId } from "../services/new-deployment.ts";
import { requireTags } from "../tags.ts";

const tokenLifeMs = 24 * 60 * 60 * 1000;

/**
 * Makes a service with its first deployment; the service loop then starts its tasks. The same call with the same
 * clientToken within a day answers the service that the first one made. Source: ECS API reference, CreateService.
 */
export const createService: Operation<"CreateService"> = async (input, { store, clock, ids, caller }) => {
  const serviceName = requireName(requireParameter(input.serviceName, "serviceName"), "Service name");
  refuseUnbuilt(input);
  const { schedulingStrategy = "REPLICA" } = input;
  const isDaemon = schedulingStrategy === "DAEMON";
  const desiredCount = isDaemon ? 0 : requireDesiredCount(requireParameter(input.desiredCount, "desiredCount"));
  const deploymentConfiguration = deploymentConfigurationOf(
    input.deploymentConfiguration,
    undefined,
    schedulingStrategy,
  );
  const tags = requireTags(input.tags);
  const deploymentId = newDeploymentId(ids);
  const now = clock.now();

  const service = await commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const arn = serviceArn(caller, cluster.name, serviceName);
    const token = tokenOf(input, arn);
    const existing = snapshot.get("service", arn);
    const repeated = existing && refuseUnlessRepeated(existing, token, { snapshot, now });
    if (repeated !== undefined) return { writes: [], result: describeService(repeated, snapshot, { tags: true }) };

    const taskDefinition = requireTaskDefinition(
      snapshot,
      requireParameter(input.taskDefinition, "taskDefinition"),
      caller,
    );
    const choice = chooseLaunch(input, cluster.stored);
    checkLaunch(input, choice, { taskDefinition: taskDefinition.value, snapshot });
    if (isDaemon) checkDaemon(input, launchTypeOf(choice).launchType);
    const value: Service = {
      ...kept(input),
      ...choice,
      serviceName,
      clusterArn: cluster.arn,
      status: "ACTIVE",
      schedulingStrategy,
      desiredCount,
      taskDefinition: taskDefinition.arn,
      deploymentConfiguration,
      primaryDeploymentId: deploymentId,
      createdBy: caller.arn,
      createdAt: now,
      tags,
    };
    const deployment = newDeployment(arn, value, now);
    const events = snapshot.get("serviceEvents", `events/${arn}`); // of an earlier service of the same name
    return {
      writes: [
        { kind: "service", arn, expected: existing?.revision ?? 0, value },
        ...deploymentWrites({ arn, value }, deployment, { snapshot, before: [] }),
        ...(events === undefined
          ? []
          : [{ kind: "serviceEvents" as const, arn: events.arn, expected: events.revision, value: null }]),
        ...tokenWrites(token, { snapshot, arn, now }),
      ],
      result: { ...describeService({ arn, value }, snapshot, { tags: true, deployments: [deployment] }), events: [] },
    };
  });
  return { service };
};

/** The members that are stored as they are given. */
function kept(input: Input<"CreateService">): Partial<Service> {
  const { networkConfiguration, placementConstraints, placementStrategy, platformVersion, role } = input;
  const healthCheckGracePeriodSeconds = requireGracePeriod(input.healthCheckGracePeriodSeconds);
  const members = {
    networkConfiguration,
    placementConstraints,
    placementStrategy,
    platformVersion,
    role,
    healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags,
    enableExecuteCommand: input.enableExecuteCommand,
    propagateTags: input.propagateTags,
    availabilityZoneRebalancing: input.availabilityZoneRebalancing,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

interface Token {
  readonly key: string;
  readonly requestHash: string;
}

function tokenOf({ clientToken, ...rest }: Input<"CreateService">, arn: string): Token | undefined {
  if (clientToken === undefined || clientToken === "") return undefined;
  const requestHash = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
  return { key: `CreateService/${arn}/${clientToken}`, requestHash };
}

/** The existing service if this is the call that made it; undefined if the name is free again. */
function refuseUnlessRepeated(
  existing: Stored<"service">,
  token: Token | undefined,
  { snapshot, now }: { readonly snapshot: Snapshot; readonly now: number },
): Stored<"service"> | undefined {
  const { status } = existing.value;
  if (status === "INACTIVE") return undefined;
  if (status === "DRAINING") {
    throw new EcsError("InvalidParameterException", "Unable to Start a service that is still Draining.");
  }
  const known = token && snapshot.get("clientToken", token.key)?.value;
  if (known !== undefined && known.requestHash === token?.requestHash && known.expiresAt > now) return existing;
  throw new EcsError("InvalidParameterException", "Creation of service was not idempotent.");
}

function tokenWrites(
  token: Token | undefined,
  { snapshot, arn, now }: { readonly snapshot: Snapshot; readonly arn: string; readonly now: number },
) {
  if (token === undefined) return [];
  const { key, requestHash } = token;
  const value = { operation: "CreateService", requestHash, arns: [arn], expiresAt: now + tokenLifeMs };
  const expected = snapshot.get("clientToken", key)?.revision ?? 0;
  return [{ kind: "clientToken" as const, arn: key, expected, value }];
}
