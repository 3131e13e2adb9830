import { expect, test } from "vitest";
import type { Scope } from "./right.ts";
import { schedulerRights } from "./scheduler-rights.ts";

const scope = { place: { region: "us-east-1", accountId: "000000000000" } } as Scope;
const arn = (resource: string) => `arn:aws:scheduler:us-east-1:000000000000:${resource}`;
const passing = {
  action: "iam:PassRole",
  resource: "arn:role",
  keys: { "iam:PassedToService": "scheduler.amazonaws.com" },
};

test.each<[string, Readonly<Record<string, unknown>>, readonly object[]]>([
  [
    "CreateSchedule",
    { Name: "a", Target: { RoleArn: "arn:role" } },
    [{ resource: arn("schedule/default/a") }, passing],
  ],
  [
    "UpdateSchedule",
    { Name: "a", GroupName: "g", Target: { RoleArn: "arn:role" } },
    [{ resource: arn("schedule/g/a") }, passing],
  ],
  ["GetSchedule", { Name: "a", GroupName: "g" }, [{ resource: arn("schedule/g/a") }]],
  ["DeleteScheduleGroup", { Name: "g" }, [{ resource: arn("schedule-group/g") }]],
  ["TagResource", { ResourceArn: arn("schedule-group/g") }, [{ resource: arn("schedule-group/g") }]],
])("%s %j", (operation, input, expected) => {
  expect(schedulerRights[operation]?.(input, scope)).toEqual(expected);
});
