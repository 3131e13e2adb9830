import type { LaunchType } from "@hatoba/contract";
import type { Demand } from "../model/task.ts";
import type { TaskDefinition } from "../model/task-definition.ts";
import type { Candidate } from "./candidate.ts";
import type { ClusterQuery } from "./cluster-query.ts";

/** Spelled as `Failure.reason` spells them. Source: ECS developer guide, API failure reasons. */
export type Reason =
  | "AGENT"
  | "ATTRIBUTE"
  | "LOCATION"
  | "MemberOf placement constraint unsatisfied."
  | "DistinctInstance placement constraint unsatisfied."
  | "RESOURCE:PORTS"
  | "RESOURCE:CPU"
  | "RESOURCE:MEMORY"
  | "RESOURCE:GPU"
  | "RESOURCE:ENI";

/** Why one container instance was not chosen. */
export interface Refusal {
  readonly containerInstanceArn: string;
  readonly reason: Reason;
}

/** What a candidate is judged by; made once for many candidates by `criteriaOf`. */
export interface Criteria {
  readonly launchType: LaunchType;
  readonly demand: Demand;
  readonly requiresAttributes: TaskDefinition["requiresAttributes"];
  /** Asked for on Fargate too. */
  readonly platform: TaskDefinition["requiresAttributes"];
  /** The zones of the subnets that an awsvpc task may use; absent if it needs none. */
  readonly zones?: ReadonlySet<string>;
  readonly memberOf: readonly ClusterQuery[];
  readonly distinctInstance: boolean;
}

interface Filter {
  readonly reason: Reason;
  admits(on: Candidate, criteria: Criteria): boolean;
}

/** In the order in which they are asked: the later one says no, the closer the candidate was. */
const filters: readonly Filter[] = [
  { reason: "AGENT", admits: ({ instance }) => instance.agentConnected },
  {
    reason: "ATTRIBUTE",
    // Fargate's own capacity has everything that a task definition for Fargate may ask for.
    admits: ({ attributes }, { requiresAttributes, platform, launchType }) =>
      isOfPlatform(attributes, platform) && (launchType === "FARGATE" || hasAll(attributes, requiresAttributes)),
  },
  // Zones are those of one machine's making for Fargate and external capacity, which can serve any subnet.
  {
    reason: "LOCATION",
    admits: ({ instance }, { zones }) =>
      zones === undefined || instance.capacity !== "EC2" || zones.has(instance.availabilityZone),
  },
  {
    reason: "MemberOf placement constraint unsatisfied.",
    admits: (on, { memberOf }) => memberOf.every((query) => query.matches(on)),
  },
  {
    reason: "DistinctInstance placement constraint unsatisfied.",
    admits: ({ groupTasks }, { distinctInstance }) => !distinctInstance || groupTasks === 0,
  },
  { reason: "RESOURCE:PORTS", admits: (on, { demand }) => demand.ports.every((port) => on.isPortFree(port)) },
  { reason: "RESOURCE:GPU", admits: ({ remaining }, { demand }) => demand.gpus <= remaining.gpus },
  {
    reason: "RESOURCE:ENI",
    admits: ({ remaining }, { demand }) => demand.networkInterfaces <= remaining.networkInterfaces,
  },
  { reason: "RESOURCE:CPU", admits: ({ remaining }, { demand }) => demand.cpu <= remaining.cpu },
  { reason: "RESOURCE:MEMORY", admits: ({ remaining }, { demand }) => demand.memory <= remaining.memory },
];

/** A machine that does not say what it runs on, as very old agents do not, runs on Linux. */
const isOfPlatform = (attributes: Candidate["attributes"], platform: Criteria["platform"]): boolean =>
  platform.every(
    ({ name, value }) => value === (attributes.get(name) ?? (name === "ecs.os-type" ? "linux" : undefined)),
  );

function hasAll(attributes: Candidate["attributes"], required: TaskDefinition["requiresAttributes"]): boolean {
  return required.every(({ name, value }) => {
    const has = attributes.get(name);
    return has !== undefined && (value === undefined || has === value);
  });
}

/** Why a task may not go to a candidate; undefined if it may. */
export const refusalReason = (on: Candidate, criteria: Criteria): Reason | undefined =>
  filters.find((filter) => !filter.admits(on, criteria))?.reason;

/** How near a refused candidate came to be admitted; compares, the greater the nearer. */
export const closeness = (reason: Reason): number => filters.findIndex((filter) => filter.reason === reason);

const lasting: readonly Reason[] = ["ATTRIBUTE", "LOCATION", "MemberOf placement constraint unsatisfied."];

/** Whether a task could go to a candidate if there were room and its agent were there. */
export const couldHost = (on: Candidate, criteria: Criteria): boolean =>
  filters.every((filter) => !lasting.includes(filter.reason) || filter.admits(on, criteria));
