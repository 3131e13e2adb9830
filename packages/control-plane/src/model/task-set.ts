import type { Tag } from "@aws-sdk/client-ecs";
import { lastSegment, type Place, taskSetArn } from "@hatoba/contract";
import type { Service } from "./service.ts";

/**
 * A share of a service's tasks with a task definition of its own; keyed by its ARN, `task-set/CLUSTER/SERVICE/ecs-svc/NUMBER`.
 * What its tasks are made of, and how they fare, is in the deployment of the same id. Written by operations; the service
 * loop takes it away once it is DRAINING and its tasks are gone. Times are epoch milliseconds.
 */
export interface TaskSet {
  /** `ecs-svc/NUMBER`. */
  readonly taskSetId: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly externalId?: string;
  readonly startedBy?: string;
  /** PRIMARY is not in it: that is whether the service names it. */
  readonly status: "ACTIVE" | "DRAINING";
  /** Per cent of the service's desired count, 0 to 100, also in between. */
  readonly scalePercent: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: readonly Tag[];
}

/**
 * How many tasks a task set is to have: its share of the service's, rounded up; none once it is to go. What is beyond six
 * digits is taken for the error of a calculation. Source: ECS API reference, TaskSet.computedDesiredCount.
 */
export const computedDesiredCount = (
  { desiredCount }: Pick<Service, "desiredCount">,
  { status, scalePercent }: Pick<TaskSet, "status" | "scalePercent">,
): number => (status === "DRAINING" ? 0 : Math.ceil(Number(((desiredCount * scalePercent) / 100).toFixed(6))));

/** The ARN of a service's task set. */
export const taskSetArnOf = (
  place: Place,
  { clusterArn, serviceName }: Pick<Service, "clusterArn" | "serviceName">,
  taskSetId: string,
): string => taskSetArn(place, lastSegment(clusterArn), serviceName, taskSetId);
