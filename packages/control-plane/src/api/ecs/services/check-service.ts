import type { DeploymentCircuitBreaker, DeploymentConfiguration } from "@aws-sdk/client-ecs";
import type { LaunchType } from "@hatoba/contract";
import type { Service } from "../../../model/service.ts";
import { EcsError } from "../api-error.ts";
import type { Input } from "../operation.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
const unsupported = (what: string) =>
  new EcsError("UnsupportedFeatureException", `Hatoba does not have ${what} yet; see docs/compatibility.md.`);

/** Refuses what services cannot have here yet, rather than keep it and not act on it. @throws EcsError UnsupportedFeatureException */
export function refuseUnbuilt(input: Input<"CreateService"> | Input<"UpdateService">): void {
  const { deploymentConfiguration } = input;
  if (input.loadBalancers?.length) throw unsupported("load balancers");
  if (input.serviceRegistries?.length) throw unsupported("service discovery");
  if (input.serviceConnectConfiguration?.enabled) throw unsupported("Service Connect");
  if (input.vpcLatticeConfigurations?.length) throw unsupported("VPC Lattice");
  const { lifecycleHooks = [], alarms } = deploymentConfiguration ?? {};
  if (lifecycleHooks.some(({ targetType = "AWS_LAMBDA" }) => targetType === "AWS_LAMBDA")) {
    throw unsupported("lifecycle hooks that call Lambda functions");
  }
  if (alarms?.enable) throw unsupported("deployment alarms");
  if (input.gatewayConnectors?.length) throw unsupported("gateway connectors");
  if (input.monitoring?.metricConfigurations?.length) throw unsupported("service metrics of another resolution");
}

/**
 * What DAEMON services cannot have: they are one task on each container instance. Source: ECS API reference, CreateService,
 * `schedulingStrategy`, and ECS developer guide, "Daemon strategy".
 */
export function checkDaemon(input: Input<"CreateService">, launchType: LaunchType): void {
  if (input.desiredCount !== undefined) {
    throw invalid("The daemon scheduling strategy does not support desired count. Remove desiredCount and try again.");
  }
  if (input.placementStrategy?.length) {
    throw invalid("The daemon scheduling strategy does not support placement strategies.");
  }
  if (launchType === "FARGATE") throw invalid("The daemon scheduling strategy is not supported for Fargate.");
  if ((input.deploymentConfiguration?.strategy ?? "ROLLING") !== "ROLLING") {
    throw invalid("The daemon scheduling strategy supports the ROLLING deployment strategy alone.");
  }
}

/** A desired count, 0 or more. */
export function requireDesiredCount(desiredCount: number): number {
  if (desiredCount < 0) throw invalid("desiredCount cannot be less than 0.");
  return desiredCount;
}

/**
 * The deployment configuration that results from `before` (ECS's defaults if there is none) and what is given now.
 * Percentages are whole: minimumHealthyPercent 0 to 100, maximumPercent 100 to 2,147,483,647, of the desired count.
 * Source: ECS API reference, DeploymentConfiguration.
 */
export function deploymentConfigurationOf(
  given: DeploymentConfiguration | undefined,
  before?: Service["deploymentConfiguration"],
  schedulingStrategy: Service["schedulingStrategy"] = "REPLICA",
): Service["deploymentConfiguration"] {
  const defaults = {
    deploymentCircuitBreaker: { enable: false, rollback: false },
    maximumPercent: schedulingStrategy === "DAEMON" ? 100 : 200,
    minimumHealthyPercent: schedulingStrategy === "DAEMON" ? 0 : 100,
    strategy: "ROLLING" as const,
    bakeTimeInMinutes: 0,
  };
  const stated = Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined));
  const result = { ...defaults, ...before, ...stated } as Service["deploymentConfiguration"];
  const { maximumPercent, minimumHealthyPercent } = result;
  if (minimumHealthyPercent < 0 || minimumHealthyPercent > 100) {
    throw invalid("minimumHealthyPercent must be between 0 and 100.");
  }
  if (maximumPercent < 100) throw invalid("maximumPercent must be at least 100.");
  if (maximumPercent === 100 && minimumHealthyPercent === 100) {
    throw invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.");
  }
  checkStages(result);
  checkEarlySuccess(result);
  checkBreaker(result.deploymentCircuitBreaker);
  return result;
}

/** Source: ECS API reference, LinearConfiguration, CanaryConfiguration, DeploymentLifecycleHook, bakeTimeInMinutes. */
function checkStages(configuration: DeploymentConfiguration): void {
  const { strategy = "ROLLING", linearConfiguration, canaryConfiguration, lifecycleHooks = [] } = configuration;
  const within = (what: string, value: number | undefined, [least, most]: readonly [number, number]) => {
    if (value !== undefined && (value < least || value > most)) {
      throw invalid(`${what} must be between ${least} and ${most}.`);
    }
  };
  if (linearConfiguration !== undefined && strategy !== "LINEAR") {
    throw invalid("linearConfiguration can only be specified with the LINEAR deployment strategy.");
  }
  if (canaryConfiguration !== undefined && strategy !== "CANARY") {
    throw invalid("canaryConfiguration can only be specified with the CANARY deployment strategy.");
  }
  if (lifecycleHooks.length > 0 && strategy === "ROLLING") {
    throw invalid(
      "Lifecycle hooks can only be specified with the BLUE_GREEN, LINEAR and CANARY deployment strategies.",
    );
  }
  within("stepPercent", linearConfiguration?.stepPercent, [3, 100]);
  within("stepBakeTimeInMinutes", linearConfiguration?.stepBakeTimeInMinutes, [0, 1440]);
  within("canaryPercent", canaryConfiguration?.canaryPercent, [0.1, 100]);
  within("canaryBakeTimeInMinutes", canaryConfiguration?.canaryBakeTimeInMinutes, [0, 1440]);
  within("bakeTimeInMinutes", configuration.bakeTimeInMinutes, [0, 1440]);
  for (const { lifecycleStages = [], timeoutConfiguration } of lifecycleHooks) {
    if (lifecycleStages.length === 0) throw invalid("lifecycleStages can not be empty.");
    within("timeoutInMinutes", timeoutConfiguration?.timeoutInMinutes, [1, 20_160]);
  }
}

/** Source: ECS API reference, DeploymentEarlySuccessCriteria. */
function checkEarlySuccess(configuration: Service["deploymentConfiguration"]): void {
  const { earlySuccessCriteria: criteria, strategy = "ROLLING", minimumHealthyPercent } = configuration;
  if (criteria?.enable !== true) return;
  const { healthyPercent, sourceServiceRevisionCleanup } = criteria;
  if (strategy !== "ROLLING") {
    throw invalid("earlySuccessCriteria can only be specified with the ROLLING deployment strategy.");
  }
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined) {
    throw invalid("earlySuccessCriteria requires healthyPercent and sourceServiceRevisionCleanup when it is enabled.");
  }
  if (healthyPercent < 0 || healthyPercent > 100) throw invalid("healthyPercent must be between 0 and 100.");
  if (healthyPercent < minimumHealthyPercent) {
    throw invalid("healthyPercent must be greater than or equal to minimumHealthyPercent.");
  }
}

/** Source: ECS API reference, ThresholdConfiguration. */
function checkBreaker(breaker: DeploymentCircuitBreaker | undefined): void {
  const threshold = breaker?.thresholdConfiguration;
  if (threshold !== undefined && (threshold.value ?? 0) < 1) {
    throw invalid("The value of a circuit breaker's thresholdConfiguration must be at least 1.");
  }
}

/** Kept as given; only of use with a load balancer or health check. @throws EcsError InvalidParameterException below 0 */
export function requireGracePeriod(seconds: number | undefined): number | undefined {
  if (seconds !== undefined && seconds < 0) throw invalid("healthCheckGracePeriodSeconds cannot be less than 0.");
  return seconds;
}
