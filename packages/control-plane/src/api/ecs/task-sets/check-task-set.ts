import type { DeploymentControllerType, Scale } from "@aws-sdk/client-ecs";
import { hasTaskSets, type Service } from "../../../model/service.ts";
import type { Snapshot } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import type { Input } from "../operation.ts";

/** Source: ECS service quotas, "Task sets per service", by way of aws-samples/ecs-bg-external-controller issue 6. */
const mostTaskSets = 5;

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** @throws EcsError InvalidParameterException for a service that ECS deploys itself. Source of the text: terraform-provider-aws issue 30347. */
export function requireTaskSetService(service: Service): void {
  if (hasTaskSets(service)) return;
  throw invalid(
    "Amazon ECS only supports task set management on services configured to use external deployment controllers.",
  );
}

/** @throws EcsError InvalidParameterException once a service has all the task sets that it may have */
export function requireRoomForTaskSet(snapshot: Snapshot, serviceArn: string): void {
  const { length } = snapshot.list("taskSet", { serviceArn });
  if (length < mostTaskSets) return;
  throw invalid(
    `${length} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`,
  );
}

/** The per cent of a scale, from 0 to 100. Source: ECS API reference, Scale. */
export function requireScale({ value = 0, unit = "PERCENT" }: Scale): number {
  if (unit !== "PERCENT") throw invalid("The unit of scale must be PERCENT.");
  if (!(value >= 0 && value <= 100)) throw invalid("The value of scale must be between 0 and 100.");
  return value;
}

/** What task sets cannot have here yet. @throws EcsError UnsupportedFeatureException */
export function refuseUnbuiltTaskSet({ loadBalancers, serviceRegistries }: Input<"CreateTaskSet">): void {
  const unsupported = (what: string) =>
    new EcsError("UnsupportedFeatureException", `Hatoba does not have ${what} yet; see docs/compatibility.md.`);
  if (loadBalancers?.length) throw unsupported("load balancers");
  if (serviceRegistries?.length) throw unsupported("service discovery");
}

/** What CreateService may say of a service of this deployment controller. Source: ECS API reference, CreateService. */
export function checkController(input: Input<"CreateService">): DeploymentControllerType {
  const type = input.deploymentController?.type ?? "ECS";
  if (type === "ECS") return type;
  if (input.schedulingStrategy === "DAEMON") {
    throw invalid(`The daemon scheduling strategy is not supported with the ${type} deployment controller.`);
  }
  const { strategy = "ROLLING", deploymentCircuitBreaker } = input.deploymentConfiguration ?? {};
  if (strategy !== "ROLLING" || deploymentCircuitBreaker?.enable) {
    throw invalid(
      `Deployment strategies and the deployment circuit breaker are not supported with the ${type} deployment controller.`,
    );
  }
  if (type !== "EXTERNAL") return type;
  // Source of the text: terraform-provider-aws issue 32562.
  if (input.taskDefinition) throw invalid("TaskDefinition must be blank.");
  for (const [name, value] of Object.entries(ofTaskSets(input))) {
    if (value !== undefined) throw invalid(`${name} must be blank. It is said of each task set.`);
  }
  return type;
}

const ofTaskSets = ({
  networkConfiguration,
  platformVersion,
  capacityProviderStrategy,
}: Input<"CreateService"> | Input<"UpdateService">) => ({
  networkConfiguration,
  platformVersion: platformVersion || undefined,
  capacityProviderStrategy: capacityProviderStrategy?.length ? capacityProviderStrategy : undefined,
});

/**
 * Refuses changes that such services get by a new task set alone. Source: ECS API reference, UpdateService; the texts as AWS words
 * those for CODE_DEPLOY.
 */
export function checkTaskSetServiceUpdate(input: Input<"UpdateService">, service: Service): void {
  const type = service.deploymentController?.type;
  const way = type === "CODE_DEPLOY" ? "Use AWS CodeDeploy to trigger a new deployment." : "Create a new task set.";
  const refused = (what: string) =>
    invalid(`${what} on services with ${type === "EXTERNAL" ? "an" : "a"} ${type} deployment controller. ${way}`);
  if (input.forceNewDeployment) throw refused("Cannot force a new deployment");
  if (input.taskDefinition) throw refused("Unable to update task definition");
  const [named] = Object.entries(ofTaskSets(input)).filter(([, value]) => value !== undefined);
  if (named !== undefined) throw refused(`Unable to update ${named[0]}`);
  if (type === "EXTERNAL" && input.deploymentConfiguration !== undefined) {
    throw refused("Unable to update deploymentConfiguration");
  }
}
