import type { ScheduleGroupSummary } from "@aws-sdk/client-scheduler";
import { defaultScheduleGroup, type ScheduleGroup, scheduleGroupArn } from "../../../model/schedule.ts";
import { ConflictError, type Write } from "../../../store/store.ts";
import { invalid, SchedulerError } from "../api-error.ts";
import { newTags } from "../group-tags.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";
import { findGroup, requireGroup } from "../require-group.ts";

const described = (arn: string, group: ScheduleGroup): ScheduleGroupSummary => ({
  Arn: arn,
  CreationDate: new Date(group.createdAt),
  LastModificationDate: new Date(group.modifiedAt),
  Name: group.name,
  State: "ACTIVE",
});

/** Source: EventBridge Scheduler API reference, CreateScheduleGroup. */
export const createScheduleGroup: Operation<"CreateScheduleGroup"> = async (input, context) => {
  const { Name = "", ClientToken, Tags } = input;
  const { store, caller, clock } = context;
  const arn = scheduleGroupArn(caller, Name);
  const known = findGroup(Name, context);
  if (known !== undefined) {
    if (ClientToken !== undefined && known.value.clientToken === ClientToken) return { ScheduleGroupArn: arn };
    throw exists(Name);
  }
  const now = clock.now();
  const value: ScheduleGroup = {
    name: Name,
    tags: newTags([], Tags),
    createdAt: now,
    modifiedAt: now,
    ...(ClientToken === undefined ? {} : { clientToken: ClientToken }),
  };
  try {
    await store.commit([{ kind: "scheduleGroup", arn, expected: 0, value }]);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw exists(Name, error);
  }
  return { ScheduleGroupArn: arn };
};

/** Its schedules go with it, at once. Source: EventBridge Scheduler API reference, DeleteScheduleGroup. */
export const deleteScheduleGroup: Operation<"DeleteScheduleGroup"> = async ({ Name = "" }, context) => {
  if (Name === defaultScheduleGroup) throw invalid("You cannot delete the default schedule group.");
  for (;;) {
    const { arn, revision } = requireGroup(Name, context);
    const schedules = context.store.snapshot().list("schedule", { groupName: Name });
    const writes: readonly Write[] = [
      { kind: "scheduleGroup", arn, expected: revision, value: null },
      ...schedules.map((each) => ({ kind: "schedule", arn: each.arn, expected: each.revision, value: null }) as const),
    ];
    try {
      await context.store.commit(writes);
      return {};
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
};

/** Source: EventBridge Scheduler API reference, GetScheduleGroup. */
export const getScheduleGroup: Operation<"GetScheduleGroup"> = async ({ Name = "" }, context) => {
  const { arn, value } = requireGroup(Name, context);
  return described(arn, value);
};

/** Source: EventBridge Scheduler API reference, ListScheduleGroups. */
export const listScheduleGroups: Operation<"ListScheduleGroups"> = async (input, context) => {
  const { NamePrefix = "" } = input;
  const stored = context.store.snapshot().list("scheduleGroup");
  const standing = requireGroup(defaultScheduleGroup, context);
  const all = [...stored.filter(({ arn }) => arn !== standing.arn), standing];
  const found = all.filter(({ value }) => value.name.startsWith(NamePrefix));
  const { items, ...rest } = page(found, ({ value }) => value.name, input);
  return { ScheduleGroups: items.map(({ arn, value }) => described(arn, value)), ...rest };
};

const exists = (name: string, cause?: unknown) =>
  new SchedulerError("ConflictException", `Schedule group ${name} already exists.`, { cause });
