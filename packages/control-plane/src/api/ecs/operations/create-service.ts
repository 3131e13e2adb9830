import { createHash } from "node:crypto";
import type { DeploymentControllerType } from "@aws-sdk/client-ecs";
import { type Place, serviceArn } from "@hatoba/contract";
import { launchTypeOf } from "../../../model/new-task.ts";
import type { Service } from "../../../model/service.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import type { Caller } from "../../operation-context.ts";
import { EcsError } from "../api-error.ts";
import { checkLaunch, chooseLaunch } from "../check-launch.ts";
import { commitPlan } from "../commit-plan.ts";
import { requireName } from "../names.ts";
import type { Input, Operation } from "../operation.ts";
import { type FoundCluster, requireCluster, requireParameter, requireTaskDefinition } from "../require.ts";
import {
  checkDaemon,
  deploymentConfigurationOf,
  refuseUnbuilt,
  requireDesiredCount,
  requireGracePeriod,
} from "../services/check-service.ts";
import { describeService, type ServiceContext } from "../services/describe-service.ts";
import { deploymentWrites, newDeployment, newDeploymentId } from "../services/new-deployment.ts";
import { zoneRebalancing } from "../services/zone-rebalancing.ts";
import { requireTags } from "../tags.ts";
import { checkController } from "../task-sets/check-task-set.ts";
import { describeTaskSet } from "../task-sets/describe-task-set.ts";
import { newTaskSet } from "../task-sets/new-task-set.ts";
import { volumeWishes } from "../tasks/volume-wishes.ts";

const tokenLifeMs = 24 * 60 * 60 * 1000;

/**
 * Makes a service with its first deployment; the service loop then starts its tasks. The same call with the same
 * clientToken within a day answers the service that the first one made. Source: ECS API reference, CreateService.
 */
export const createService: Operation<"CreateService"> = async (input, { store, clock, ids, caller }) => {
  const serviceName = requireName(requireParameter(input.serviceName, "serviceName"), "Service name");
  refuseUnbuilt(input);
  const controller = checkController(input);
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
    if (repeated !== undefined) return { writes: [], result: describeService(repeated, snapshot, { tags: true, now }) };

    const isExternal = controller === "EXTERNAL";
    const substance = isExternal ? withoutSubstance(input) : requireSubstance(input, { snapshot, cluster, caller });
    if (isDaemon) checkDaemon(input, launchTypeOf(substance).launchType);
    const members = kept(input);
    const shape = { ...members, ...substance, schedulingStrategy, deploymentConfiguration };
    const value: Service = {
      ...members,
      ...zoneRebalancing(input.availabilityZoneRebalancing, shape),
      ...substance,
      serviceName,
      clusterArn: cluster.arn,
      status: "ACTIVE",
      schedulingStrategy,
      desiredCount,
      deploymentConfiguration,
      primaryDeploymentId: isExternal ? "" : deploymentId,
      createdBy: caller.arn,
      createdAt: now,
      tags,
    };
    const begun = beginning({ arn, value }, controller, { snapshot, now, place: caller });
    const events = snapshot.get("serviceEvents", `events/${arn}`); // of an earlier service of the same name
    return {
      writes: [
        { kind: "service", arn, expected: existing?.revision ?? 0, value },
        ...begun.writes,
        ...(events === undefined
          ? []
          : [{ kind: "serviceEvents" as const, arn: events.arn, expected: events.revision, value: null }]),
        ...tokenWrites(token, { snapshot, arn, now }),
      ],
      result: { ...describeService({ arn, value }, snapshot, { tags: true, now, ...begun.shown }), events: [] },
    };
  });
  return { service };
};

type Substance = Pick<Service, "taskDefinition" | "launchType" | "capacityProviderStrategy">;

/** What the tasks of a service of ECS or CodeDeploy are made of. @throws EcsError if the parts do not fit together */
function requireSubstance(
  input: Input<"CreateService">,
  {
    snapshot,
    cluster,
    caller,
  }: { readonly snapshot: Snapshot; readonly cluster: FoundCluster; readonly caller: Caller },
): Substance {
  const named = requireParameter(input.taskDefinition, "taskDefinition");
  const taskDefinition = requireTaskDefinition(snapshot, named, caller);
  const choice = chooseLaunch(input, cluster.stored);
  checkLaunch(input, choice, { taskDefinition: taskDefinition.value, snapshot });
  volumeWishes(input.volumeConfigurations, taskDefinition.value);
  return { ...choice, taskDefinition: taskDefinition.arn };
}

/** Of an EXTERNAL service that is said by its task sets. */
const withoutSubstance = ({ launchType }: Input<"CreateService">): Substance => ({
  taskDefinition: "",
  ...(launchType === undefined || launchType === "MANAGED_INSTANCES" ? {} : { launchType }),
});

/** What a service begins with: a deployment, with CodeDeploy a primary task set, of others nothing. */
function beginning(
  service: Pick<Stored<"service">, "arn" | "value">,
  controller: DeploymentControllerType,
  { snapshot, now, place }: { readonly snapshot: Snapshot; readonly now: number; readonly place: Place },
): { readonly writes: readonly Write[]; readonly shown: Pick<ServiceContext, "deployments" | "taskSets"> } {
  const taskSetId = service.value.primaryDeploymentId;
  if (controller === "EXTERNAL") return { writes: [], shown: { taskSets: [] } };
  if (controller === "CODE_DEPLOY") {
    const { writes, taskSet, deployment } = newTaskSet({ taskSetId, scalePercent: 100, tags: [] }, service, {
      place,
      now,
    });
    return {
      writes,
      shown: {
        taskSets: [describeTaskSet(taskSet, { snapshot, service: service.value, now, tags: true, deployment })],
      },
    };
  }
  const deployment = newDeployment(service.arn, service.value, now);
  return {
    writes: deploymentWrites(service, deployment, { snapshot, before: [] }),
    shown: { deployments: [deployment] },
  };
}

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
    volumeConfigurations: input.volumeConfigurations,
    deploymentController: input.deploymentController,
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
