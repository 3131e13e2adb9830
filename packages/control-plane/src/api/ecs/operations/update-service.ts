import { launchTypeOf } from "../../../model/new-task.ts";
import { hasTaskSets, type Service } from "../../../model/service.ts";
import type { Snapshot, Stored } from "../../../store/store.ts";
import type { Caller } from "../../operation-context.ts";
import { EcsError } from "../api-error.ts";
import { checkLaunch, chooseLaunch, type LaunchChoice } from "../check-launch.ts";
import { commitPlan } from "../commit-plan.ts";
import { serviceFrom } from "../identifiers.ts";
import type { Input, Operation } from "../operation.ts";
import { requireCluster, requireParameter, requireTaskDefinition } from "../require.ts";
import {
  deploymentConfigurationOf,
  refuseUnbuilt,
  requireDesiredCount,
  requireGracePeriod,
} from "../services/check-service.ts";
import { describeService } from "../services/describe-service.ts";
import { deploymentWrites, needsDeployment, newDeployment, newDeploymentId } from "../services/new-deployment.ts";
import { requireActiveService } from "../services/require-service.ts";
import { zoneRebalancing } from "../services/zone-rebalancing.ts";
import { checkTaskSetServiceUpdate } from "../task-sets/check-task-set.ts";
import { volumeWishes } from "../tasks/volume-wishes.ts";

/**
 * Changes what is named and leaves the rest. A change of what its tasks are made of, or forceNewDeployment, begins a new
 * deployment; a change of how many there are does not. Source: ECS API reference, UpdateService.
 */
export const updateService: Operation<"UpdateService"> = async (input, { store, clock, ids, caller }) => {
  refuseUnbuilt(input);
  const deploymentId = newDeploymentId(ids);
  const now = clock.now();
  const service = await commitPlan(store, (snapshot) => {
    const cluster = requireCluster(snapshot, input.cluster, caller);
    const { arn } = serviceFrom(requireParameter(input.service, "service"), cluster, caller);
    const stored = requireActiveService(snapshot, arn);
    refuseOtherController(input, stored.value);
    const changed = changedService(input, stored, { snapshot, cluster: cluster.stored, caller });
    const before = snapshot.list("deployment", { serviceArn: arn }).map(({ value }) => value);
    if (!input.forceNewDeployment && !needsDeployment(stored.value, changed)) {
      return {
        writes: [{ kind: "service", arn, expected: stored.revision, value: changed }],
        result: describeService({ arn, value: changed }, snapshot, { tags: true, now, deployments: before }),
      };
    }
    const value: Service = { ...changed, primaryDeploymentId: deploymentId };
    const deployment = newDeployment(arn, value, now);
    return {
      writes: [
        { kind: "service", arn, expected: stored.revision, value },
        ...deploymentWrites({ arn, value }, deployment, { snapshot, before }),
      ],
      result: describeService({ arn, value }, snapshot, { tags: true, now, deployments: [...before, deployment] }),
    };
  });
  return { service };
};

/** The service with what the call names; members it does not name stay. */
function changedService(
  input: Input<"UpdateService">,
  { value: service }: Stored<"service">,
  around: { readonly snapshot: Snapshot; readonly cluster: Stored<"cluster">; readonly caller: Caller },
): Service {
  const { snapshot, cluster, caller } = around;
  const taskDefinition = input.taskDefinition
    ? requireTaskDefinition(snapshot, input.taskDefinition, caller)
    : snapshot.get("taskDefinition", service.taskDefinition);
  if (service.schedulingStrategy === "DAEMON" && input.desiredCount !== undefined) {
    throw new EcsError("InvalidParameterException", "The daemon scheduling strategy does not support desired count.");
  }
  if (hasTaskSets(service)) checkTaskSetServiceUpdate(input, service);
  const launch = hasTaskSets(service)
    ? launchOf(service)
    : changedLaunch(input.capacityProviderStrategy, service, cluster);
  const named = {
    networkConfiguration: input.networkConfiguration,
    placementConstraints: input.placementConstraints,
    placementStrategy: input.placementStrategy,
    platformVersion: input.platformVersion,
    healthCheckGracePeriodSeconds: requireGracePeriod(input.healthCheckGracePeriodSeconds),
    enableECSManagedTags: input.enableECSManagedTags,
    enableExecuteCommand: input.enableExecuteCommand,
    propagateTags: input.propagateTags,
    volumeConfigurations: input.volumeConfigurations,
    desiredCount: input.desiredCount === undefined ? undefined : requireDesiredCount(input.desiredCount),
    taskDefinition: taskDefinition?.arn,
  };
  const { launchType: _type, capacityProviderStrategy: _strategy, ...rest } = service;
  const merged: Service = {
    ...rest,
    ...launch,
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
    deploymentConfiguration: deploymentConfigurationOf(input.deploymentConfiguration, service.deploymentConfiguration),
  };
  const before = service.availabilityZoneRebalancing ?? "DISABLED";
  const changed = { ...merged, ...zoneRebalancing(input.availabilityZoneRebalancing, merged, before) };
  // How many tasks there are can be changed whatever has become of what they are made of.
  if (taskDefinition !== undefined && launchMembers.some((name) => input[name] !== undefined)) {
    checkLaunch(changed, changed, { taskDefinition: taskDefinition.value, snapshot });
    volumeWishes(changed.volumeConfigurations, taskDefinition.value);
  }
  return changed;
}

/** A service keeps its deployment controller here; AWS lets some change it. */
function refuseOtherController({ deploymentController }: Input<"UpdateService">, service: Service): void {
  const type = service.deploymentController?.type ?? "ECS";
  if ((deploymentController?.type ?? type) === type) return;
  throw new EcsError(
    "UnsupportedFeatureException",
    "Hatoba does not have changes of the deployment controller yet; see docs/compatibility.md.",
  );
}

const launchOf = ({ launchType, capacityProviderStrategy }: Service): LaunchChoice => ({
  ...(launchType === undefined ? {} : { launchType }),
  ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
});

const launchMembers = [
  "taskDefinition",
  "capacityProviderStrategy",
  "platformVersion",
  "networkConfiguration",
  "placementConstraints",
  "placementStrategy",
  "forceNewDeployment",
  "volumeConfigurations",
] as const;

/** An empty strategy leads back to the launch type. Source: ECS API reference, UpdateService, `capacityProviderStrategy`. */
function changedLaunch(
  strategy: Input<"UpdateService">["capacityProviderStrategy"],
  { launchType, capacityProviderStrategy }: Service,
  cluster: Stored<"cluster">,
): LaunchChoice {
  if (strategy?.length) return chooseLaunch({ capacityProviderStrategy: strategy }, cluster);
  if (launchType !== undefined || capacityProviderStrategy === undefined) return { launchType: launchType ?? "EC2" };
  return strategy === undefined
    ? { capacityProviderStrategy }
    : { launchType: launchTypeOf({ capacityProviderStrategy }).launchType };
}
