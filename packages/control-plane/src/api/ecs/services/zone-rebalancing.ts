import type { AvailabilityZoneRebalancing } from "@aws-sdk/client-ecs";
import { hasTaskSets, type Service } from "../../../model/service.ts";
import { EcsError } from "../api-error.ts";

const zoneAttribute = "attribute:ecs.availability-zone";

type Rebalanced = Pick<
  Service,
  | "schedulingStrategy"
  | "deploymentController"
  | "deploymentConfiguration"
  | "launchType"
  | "placementStrategy"
  | "placementConstraints"
>;

/**
 * Why a service cannot be evened out over Availability Zones; undefined if it can. Source: ECS developer guide, "Balancing an
 * Amazon ECS service across Availability Zones".
 */
function obstacle(service: Rebalanced): string | undefined {
  const { placementStrategy: [first] = [], placementConstraints = [] } = service;
  if (service.schedulingStrategy === "DAEMON") return "the DAEMON scheduling strategy";
  if (hasTaskSets(service)) return "deployment controllers other than ECS";
  if (service.launchType === "EXTERNAL") return "the EXTERNAL launch type";
  if (service.deploymentConfiguration.maximumPercent <= 100) return "a maximumPercent of 100";
  if (first !== undefined && !(first.type === "spread" && first.field === zoneAttribute)) {
    return `a placement strategy that does not begin with a spread over ${zoneAttribute}`;
  }
  return placementConstraints.some(({ expression }) => expression?.includes(zoneAttribute))
    ? `placement constraints on ${zoneAttribute}`
    : undefined;
}

/**
 * Whether a service is evened out, as it says itself, or else wherever that is possible (`byDefault`).
 * @throws EcsError InvalidParameterException if it is asked for and cannot be
 */
export function zoneRebalancing(
  asked: AvailabilityZoneRebalancing | undefined,
  service: Rebalanced,
  byDefault: AvailabilityZoneRebalancing = "ENABLED",
): { readonly availabilityZoneRebalancing: AvailabilityZoneRebalancing } {
  const why = obstacle(service);
  if (asked === "ENABLED" && why !== undefined) {
    throw new EcsError("InvalidParameterException", `Availability Zone rebalancing does not support ${why}.`);
  }
  return { availabilityZoneRebalancing: asked ?? (why === undefined ? byDefault : "DISABLED") };
}
