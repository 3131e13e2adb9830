import type { ThresholdConfiguration } from "@aws-sdk/client-ecs";

/**
 * How many failed tasks end a deployment. Source: ECS developer guide, "How the deployment circuit breaker detects
 * failures", and ECS API reference, ThresholdConfiguration.
 */
export function failureThreshold(desiredCount: number, threshold?: ThresholdConfiguration): number {
  const { type = "BOUNDED_PERCENT", value = 50 } = threshold ?? {};
  if (type === "COUNT") return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === "UNBOUNDED_PERCENT" ? Math.max(1, share) : Math.min(Math.max(3, share), 200);
}
