import { defaultScheduleGroup, scheduleArn, scheduleGroupArn } from "../../model/schedule.ts";
import { everywhere, type Right, type RightsOf, textIn } from "./right.ts";

const schedule: RightsOf = (input, { place }) => {
  const groupName = textIn(input, "GroupName") ?? defaultScheduleGroup;
  return [{ resource: scheduleArn(place, groupName, textIn(input, "Name") ?? "") }];
};
const group: RightsOf = (input, { place }) => [{ resource: scheduleGroupArn(place, textIn(input, "Name") ?? "") }];
const tagged: RightsOf = (input) => [{ resource: textIn(input, "ResourceArn") ?? "*" }];

/** Whoever gives a schedule a role to act with has to be allowed to pass it. */
const written: RightsOf = (input, scope) => {
  const { RoleArn: role } = (input.Target ?? {}) as { readonly RoleArn?: unknown };
  const passing: readonly Right[] =
    typeof role === "string" && role !== ""
      ? [{ action: "iam:PassRole", resource: role, keys: { "iam:PassedToService": "scheduler.amazonaws.com" } }]
      : [];
  return [...schedule(input, scope), ...passing];
};

/** What calls of EventBridge Scheduler need. Source: Service Authorization Reference, "Amazon EventBridge Scheduler". */
export const schedulerRights: Readonly<Partial<Record<string, RightsOf>>> = {
  CreateSchedule: written,
  CreateScheduleGroup: group,
  DeleteSchedule: schedule,
  DeleteScheduleGroup: group,
  GetSchedule: schedule,
  GetScheduleGroup: group,
  ListScheduleGroups: () => [everywhere],
  ListSchedules: () => [everywhere],
  ListTagsForResource: tagged,
  TagResource: tagged,
  UntagResource: tagged,
  UpdateSchedule: written,
};
