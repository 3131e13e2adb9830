import type { DeploymentCircuitBreaker, DeploymentConfiguration } from "@aws-sdk/client-ecs";
import type { Service } from "../../../model/service.ts";
import { EcsError } from "../api-error.ts";
import type { Input } from "../operation.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
const unsupported = (what: string) =>
  new EcsError("UnsupportedFeatureException", `Hatoba does not have ${what} yet; see docs/compatibility.md.`);

/** Refuses what services cannot have here yet, rather than keep it and not act on it. @throws EcsError UnsupportedFeatureException */
export function refuseUnbuilt(input: Input<"CreateService"> | Input<"UpdateService">): void {
  const { deploymentController, deploymentConfiguration } = input;
  if ((deploymentController?.type ?? "ECS") !== "ECS") throw unsupported("deployment controllers other than ECS");
  if ("schedulingStrategy" in input && input.schedulingStrategy === "DAEMON") throw unsupported("DAEMON services");
  if (input.loadBalancers?.length) throw unsupported("load balancers");
  if (input.serviceRegistries?.length) throw unsupported("service discovery");
  if (input.serviceConnectConfiguration?.enabled) throw unsupported("Service Connect");
  if (input.volumeConfigurations?.length) throw unsupported("EBS volumes");
  if (input.vpcLatticeConfigurations?.length) throw unsupported("VPC Lattice");
  if (input.availabilityZoneRebalancing === "ENABLED") throw unsupported("availability zone rebalancing");
  const { strategy, lifecycleHooks, alarms } = deploymentConfiguration ?? {};
  if (strategy !== undefined && strategy !== "ROLLING") throw unsupported(`${strategy} deployments`);
  if (lifecycleHooks?.length) throw unsupported("deployment lifecycle hooks");
  if (alarms?.enable) throw unsupported("deployment alarms");
  if (deploymentConfiguration?.bakeTimeInMinutes) throw unsupported("bake times");
  if (deploymentConfiguration?.earlySuccessCriteria?.enable) throw unsupported("early success criteria");
  if (isUnusual(deploymentConfiguration?.deploymentCircuitBreaker)) {
    throw unsupported("deployment circuit breakers with other thresholds than ECS's own");
  }
  if (input.gatewayConnectors?.length) throw unsupported("gateway connectors");
  if (input.monitoring?.metricConfigurations?.length) throw unsupported("service metrics of another resolution");
}

/** Whether a circuit breaker counts otherwise than ECS does by default. Source: ECS API reference, DeploymentCircuitBreaker. */
function isUnusual(breaker: DeploymentCircuitBreaker | undefined): boolean {
  const { type, value } = breaker?.thresholdConfiguration ?? { type: "BOUNDED_PERCENT", value: 50 };
  return breaker?.resetOnHealthyTask === false || type !== "BOUNDED_PERCENT" || value !== 50;
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
): Service["deploymentConfiguration"] {
  const defaults = {
    deploymentCircuitBreaker: { enable: false, rollback: false },
    maximumPercent: 200,
    minimumHealthyPercent: 100,
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
  return result;
}

/** Kept as given; only of use with a load balancer or health check. @throws EcsError InvalidParameterException below 0 */
export function requireGracePeriod(seconds: number | undefined): number | undefined {
  if (seconds !== undefined && seconds < 0) throw invalid("healthCheckGracePeriodSeconds cannot be less than 0.");
  return seconds;
}
