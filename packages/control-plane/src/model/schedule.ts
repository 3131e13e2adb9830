import type { Tag, Target } from "@aws-sdk/client-scheduler";

/** What a schedule calls, as the call gave it. */
export type ScheduleTarget = Target & { readonly Arn: string; readonly RoleArn: string };

/** A schedule of EventBridge Scheduler as stored; keyed by its ARN. Times are epoch milliseconds. */
export interface Schedule {
  readonly name: string;
  readonly groupName: string;
  /** `at(…)`, `rate(…)` or `cron(…)`. Written by operations, as is all but `progress`. */
  readonly expression: string;
  /** As `Europe/Berlin`; the expression's times are in it. */
  readonly timezone: string;
  readonly startDate?: number;
  readonly endDate?: number;
  readonly state: "ENABLED" | "DISABLED";
  readonly description?: string;
  readonly kmsKeyArn?: string;
  readonly target: ScheduleTarget;
  /** An invocation may be so much later than it is due. */
  readonly windowMinutes?: number;
  readonly actionAfterCompletion: "NONE" | "DELETE";
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Of the call that made it: the same call again makes nothing new. */
  readonly clientToken?: string;
  /** Written by the scheduler. */
  readonly progress: ScheduleProgress;
}

export interface ScheduleProgress {
  /** The last time that was due and taken up. */
  readonly lastDueAt?: number;
  /** Invocations that were begun and are not over: when they were due. */
  readonly underWay: readonly number[];
}

/** A schedule group as stored; keyed by its ARN. Written by operations. The group `default` is there without being stored. */
export interface ScheduleGroup {
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly clientToken?: string;
}

export const defaultScheduleGroup = "default";

type Place = { readonly region: string; readonly accountId: string };

export const scheduleArn = ({ region, accountId }: Place, groupName: string, name: string): string =>
  `arn:aws:scheduler:${region}:${accountId}:schedule/${groupName}/${name}`;
export const scheduleGroupArn = ({ region, accountId }: Place, name: string): string =>
  `arn:aws:scheduler:${region}:${accountId}:schedule-group/${name}`;
