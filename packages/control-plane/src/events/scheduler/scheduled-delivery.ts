import { createHash } from "node:crypto";
import type { RuleTarget } from "../../model/event-rule.ts";
import type { Schedule } from "../../model/schedule.ts";
import { completeEvent, eventTime } from "../aws-event.ts";
import type { Delivery } from "../delivery.ts";

/** One invocation of a schedule on its way to its target. */
export interface ScheduledDelivery extends Delivery {
  readonly dueAt: number;
}

/** Whose schedules they are. */
export interface SchedulerPlace {
  readonly accountId: string;
  readonly region: string;
}

/**
 * An invocation as deliveries go. Its id follows from the schedule and the time, so that one that is begun again after a restart
 * is the same one, and starts no task twice.
 */
export function scheduledDelivery(
  arn: string,
  schedule: Schedule,
  dueAt: number,
  place: SchedulerPlace,
): ScheduledDelivery {
  const { name, target, createdAt } = schedule;
  const draft = { "detail-type": "Scheduled Event", source: "aws.scheduler", at: dueAt, resources: [arn], detail: {} };
  const id = executionId(`${arn} ${createdAt} ${dueAt}`);
  return {
    event: completeEvent(draft, { id, ...place }),
    rule: { arn, name },
    target: ruleTarget(schedule),
    ingestedAt: dueAt + (schedule.windowMinutes ?? 0) * 60_000,
    startedBy: `chronos-schedule/${name}`,
    dueAt,
    ...(target.EventBridgeParameters === undefined ? {} : { eventBridge: target.EventBridgeParameters }),
  };
}

/** The members of both kinds of targets that are the same, and the tags of tasks, which are spelled in two ways. */
function ruleTarget({ name, target }: Schedule): RuleTarget {
  const { Arn, RoleArn, Input, RetryPolicy, EcsParameters: ecs } = target;
  const tags = ecs?.Tags?.map(({ key, value }) => ({ Key: key, Value: value }));
  return {
    Id: name,
    Arn,
    RoleArn,
    ...(Input === undefined ? {} : { Input }),
    ...(RetryPolicy === undefined ? {} : { RetryPolicy }),
    ...(ecs === undefined ? {} : { EcsParameters: { ...ecs, Tags: tags } }),
  };
}

function executionId(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}

/**
 * Puts the facts of an invocation in place of `<aws.scheduler.…>` in an input.
 * Source: EventBridge Scheduler user guide, "Context attributes".
 */
export function withContext(input: string, { rule, dueAt, event }: ScheduledDelivery, attempt: number): string {
  const values: Readonly<Record<string, string>> = {
    "schedule-arn": rule.arn,
    "scheduled-time": eventTime(dueAt),
    "execution-id": event.id,
    "attempt-number": String(attempt),
  };
  return input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
