import { defaultScheduleGroup, type ScheduleGroup, scheduleGroupArn } from "../../model/schedule.ts";
import type { OperationContext } from "../operation-context.ts";
import { SchedulerError } from "./api-error.ts";

/** The group that is always there; it says that it was made with the house's epoch. */
const defaultGroup: ScheduleGroup = { name: defaultScheduleGroup, tags: [], createdAt: 0, modifiedAt: 0 };

/** A group with its place in the store; revision 0 for `default` as long as nobody tagged it. */
export interface FoundGroup {
  readonly arn: string;
  readonly revision: number;
  readonly value: ScheduleGroup;
}

export function findGroup(name: string, { store, caller }: OperationContext): FoundGroup | undefined {
  const arn = scheduleGroupArn(caller, name);
  const stored = store.snapshot().get("scheduleGroup", arn);
  if (stored !== undefined) return { arn, revision: stored.revision, value: stored.value };
  return name === defaultScheduleGroup ? { arn, revision: 0, value: defaultGroup } : undefined;
}

/** @throws SchedulerError ResourceNotFoundException */
export function requireGroup(name: string, context: OperationContext): FoundGroup {
  const found = findGroup(name, context);
  if (found === undefined) throw noGroup(name);
  return found;
}

export const noGroup = (name: string): SchedulerError =>
  new SchedulerError("ResourceNotFoundException", `Schedule group ${name} does not exist.`);
