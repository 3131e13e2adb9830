import { defaultScheduleGroup, type Schedule, type ScheduleTarget, scheduleArn } from "../../../model/schedule.ts";
import { ConflictError, NotFoundError, type Stored } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import type { OperationContext } from "../../operation-context.ts";
import { invalid, SchedulerError } from "../api-error.ts";
import { checkTarget, checkTimes } from "../check-schedule.ts";
import { describeSchedule, summarizeSchedule } from "../describe-schedule.ts";
import type { Input, Operation } from "../operation.ts";
import { page } from "../page.ts";
import { requireGroup } from "../require-group.ts";

/** Source: EventBridge Scheduler API reference, CreateSchedule. */
export const createSchedule: Operation<"CreateSchedule"> = async (input, context) => {
  const { Name = "", GroupName = defaultScheduleGroup, ClientToken } = input;
  requireGroup(GroupName, context);
  const { clock, store, caller } = context;
  const now = clock.now();
  const arn = scheduleArn(caller, GroupName, Name);
  const known = store.snapshot().get("schedule", arn);
  if (known !== undefined) return sameAgain(known, ClientToken);
  const value: Schedule = {
    ...wished(input, now),
    name: Name,
    groupName: GroupName,
    createdAt: now,
    ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
    progress: { underWay: [] },
  };
  try {
    await store.commit([{ kind: "schedule", arn, expected: 0, value }]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw exists(Name, error);
  }
  return { ScheduleArn: arn };
};

/** All that the call does not say becomes what it is by default. Source: EventBridge Scheduler API reference, UpdateSchedule. */
export const updateSchedule: Operation<"UpdateSchedule"> = async (input, { store, caller, clock }) => {
  const { Name = "", GroupName = defaultScheduleGroup } = input;
  const arn = scheduleArn(caller, GroupName, Name);
  if (store.snapshot().get("schedule", arn) === undefined) throw noSchedule(Name);
  const wish = wished(input, clock.now());
  try {
    await update(store, "schedule", arn, ({ name, groupName, createdAt, clientToken, progress }) => ({
      ...wish,
      name,
      groupName,
      createdAt,
      ...(clientToken === undefined ? {} : { clientToken }),
      progress,
    }));
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw noSchedule(Name, error);
  }
  return { ScheduleArn: arn };
};

/** Source: EventBridge Scheduler API reference, GetSchedule. */
export const getSchedule: Operation<"GetSchedule"> = async (input, context) => {
  const { arn, value } = requireSchedule(input, context);
  return describeSchedule(arn, value);
};

/** Source: EventBridge Scheduler API reference, DeleteSchedule. */
export const deleteSchedule: Operation<"DeleteSchedule"> = async (input, context) => {
  for (;;) {
    const { arn, revision } = requireSchedule(input, context);
    try {
      await context.store.commit([{ kind: "schedule", arn, expected: revision, value: null }]);
      return {};
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
};

/** Source: EventBridge Scheduler API reference, ListSchedules. */
export const listSchedules: Operation<"ListSchedules"> = async (input, context) => {
  const { GroupName, NamePrefix = "", State } = input;
  if (GroupName !== undefined) requireGroup(GroupName, context);
  const where = GroupName === undefined ? undefined : { groupName: GroupName };
  const found = context.store
    .snapshot()
    .list("schedule", where)
    .filter(({ value }) => value.name.startsWith(NamePrefix) && (State === undefined || value.state === State));
  const { items, ...rest } = page(found, ({ value }) => `${value.groupName}/${value.name}`, input);
  return { Schedules: items.map(({ arn, value }) => summarizeSchedule(arn, value)), ...rest };
};

/** What callers say of a schedule, checked. @throws SchedulerError ValidationException */
function wished(
  input: Input<"CreateSchedule" | "UpdateSchedule">,
  now: number,
): Omit<Schedule, "name" | "groupName" | "createdAt" | "clientToken" | "progress"> {
  const { StartDate, EndDate, Description, KmsKeyArn, Target, FlexibleTimeWindow } = input;
  const times = {
    expression: input.ScheduleExpression ?? "",
    timezone: input.ScheduleExpressionTimezone ?? "UTC",
    ...(StartDate === undefined ? {} : { startDate: StartDate.getTime() }),
    ...(EndDate === undefined ? {} : { endDate: EndDate.getTime() }),
    modifiedAt: now,
  };
  checkTimes(times);
  checkTarget(Target ?? { Arn: "", RoleArn: "" });
  return {
    ...times,
    state: input.State ?? "ENABLED",
    ...(Description ? { description: Description } : {}),
    ...(KmsKeyArn === undefined ? {} : { kmsKeyArn: KmsKeyArn }),
    target: Target as ScheduleTarget,
    ...windowOf(FlexibleTimeWindow),
    actionAfterCompletion: input.ActionAfterCompletion ?? "NONE",
  };
}

function windowOf(window: Input<"CreateSchedule">["FlexibleTimeWindow"]): Pick<Schedule, "windowMinutes"> {
  const { Mode, MaximumWindowInMinutes: minutes } = window ?? {};
  if (Mode === "OFF") {
    if (minutes !== undefined) throw invalid("MaximumWindowInMinutes must not be set when FlexibleTimeWindow is OFF.");
    return {};
  }
  if (minutes === undefined) throw invalid("MaximumWindowInMinutes must be set when FlexibleTimeWindow is FLEXIBLE.");
  return { windowMinutes: minutes };
}

function requireSchedule(
  {
    Name = "",
    GroupName = defaultScheduleGroup,
  }: { readonly Name?: string | undefined; readonly GroupName?: string | undefined },
  { store, caller }: OperationContext,
): Stored<"schedule"> {
  const found = store.snapshot().get("schedule", scheduleArn(caller, GroupName, Name));
  if (found === undefined) throw noSchedule(Name);
  return found;
}

/** A call that was made already and is made again, as after a lost answer. @throws SchedulerError ConflictException */
function sameAgain({ arn, value }: Stored<"schedule">, clientToken: string | undefined) {
  if (clientToken !== undefined && value.clientToken === clientToken) return { ScheduleArn: arn };
  throw exists(value.name);
}

const exists = (name: string, cause?: unknown) =>
  new SchedulerError("ConflictException", `Schedule ${name} already exists.`, { cause });
const noSchedule = (name: string, cause?: unknown) =>
  new SchedulerError("ResourceNotFoundException", `Schedule ${name} does not exist.`, { cause });
