import * as sdk from "@aws-sdk/client-scheduler";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { MemoryStore } from "../../store/memory-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { schedulerService } from "./service.ts";

// Through the real client, over HTTP. The test server's clock stands at the start of 2026.
let server: RunningServer & { readonly store: MemoryStore };
let client: sdk.SchedulerClient;
beforeEach(async () => {
  server = await startTestServer({ services: [schedulerService] });
  client = new sdk.SchedulerClient(clientOptions(server));
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const place = "us-east-1:000000000000";
const RoleArn = "arn:aws:iam::000000000000:role/scheduler";
const ecs: sdk.Target = {
  Arn: `arn:aws:ecs:${place}:cluster/default`,
  RoleArn,
  EcsParameters: { TaskDefinitionArn: `arn:aws:ecs:${place}:task-definition/web`, Tags: [{ key: "a", value: "b" }] },
};
const bus: sdk.Target = {
  Arn: `arn:aws:events:${place}:event-bus/default`,
  RoleArn,
  EventBridgeParameters: { DetailType: "Nightly", Source: "my.app" },
};
const schedule: sdk.CreateScheduleCommandInput = {
  Name: "nightly",
  ScheduleExpression: "cron(0 2 * * ? *)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: ecs,
};
const create = (more: Partial<sdk.CreateScheduleCommandInput> = {}) =>
  client.send(new sdk.CreateScheduleCommand({ ...schedule, ...more }));
const get = async (Name = "nightly", GroupName?: string) => {
  const { $metadata: _, ...found } = await client.send(
    new sdk.GetScheduleCommand({ Name, ...(GroupName && { GroupName }) }),
  );
  return found;
};
const createGroup = (Name: string, more: Partial<sdk.CreateScheduleGroupCommandInput> = {}) =>
  client.send(new sdk.CreateScheduleGroupCommand({ Name, ...more }));

describe("schedules", () => {
  test("are made, shown, changed and deleted", async () => {
    const arn = `arn:aws:scheduler:${place}:schedule/default/nightly`;
    expect((await create()).ScheduleArn).toBe(arn);
    const now = new Date("2026-01-01T00:00:00Z");
    expect(await get()).toEqual({
      ActionAfterCompletion: "NONE",
      Arn: arn,
      CreationDate: now,
      FlexibleTimeWindow: { Mode: "OFF" },
      GroupName: "default",
      LastModificationDate: now,
      Name: "nightly",
      ScheduleExpression: "cron(0 2 * * ? *)",
      ScheduleExpressionTimezone: "UTC",
      State: "ENABLED",
      Target: { ...ecs, RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } },
    });
    const change: Partial<sdk.UpdateScheduleCommandInput> = {
      ScheduleExpression: "rate(5 minutes)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      StartDate: new Date("2026-02-01T00:00:00Z"),
      EndDate: new Date("2026-03-01T00:00:00Z"),
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 5 },
      State: "DISABLED",
      Description: "d",
      ActionAfterCompletion: "DELETE",
      Target: { ...bus, Input: '{"at":"<aws.scheduler.scheduled-time>"}', RetryPolicy: { MaximumRetryAttempts: 0 } },
    };
    await client.send(new sdk.UpdateScheduleCommand({ ...schedule, ...change }));
    expect(await get()).toMatchObject({
      ...change,
      CreationDate: now,
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 0 } },
    });
    await client.send(new sdk.DeleteScheduleCommand({ Name: "nightly" }));
    await expect(get()).rejects.toThrow(
      expect.objectContaining({ name: "ResourceNotFoundException", message: "Schedule nightly does not exist." }),
    );
    await expect(client.send(new sdk.DeleteScheduleCommand({ Name: "nightly" }))).rejects.toThrow("does not exist.");
    await expect(client.send(new sdk.UpdateScheduleCommand(schedule))).rejects.toThrow("does not exist.");
  });

  test("are made once, however often the same call comes", async () => {
    await create({ ClientToken: "t" });
    await create({ ClientToken: "t" });
    await expect(create({ ClientToken: "u" })).rejects.toThrow(
      expect.objectContaining({ name: "ConflictException", message: "Schedule nightly already exists." }),
    );
  });

  test("are listed by group, state, prefix and pages", async () => {
    await createGroup("other");
    for (const Name of ["b", "a", "ab"]) await create({ Name });
    await create({ Name: "a", GroupName: "other", State: "DISABLED" });
    const list = async (input: sdk.ListSchedulesCommandInput) => {
      const { Schedules = [], NextToken } = await client.send(new sdk.ListSchedulesCommand(input));
      return { names: Schedules.map(({ GroupName, Name }) => `${GroupName}/${Name}`), NextToken };
    };
    const first = await list({ MaxResults: 3 });
    expect(first.names).toEqual(["default/a", "default/ab", "default/b"]);
    expect(await list({ NextToken: first.NextToken })).toEqual({ names: ["other/a"], NextToken: undefined });
    expect((await list({ GroupName: "other" })).names).toEqual(["other/a"]);
    expect((await list({ State: "DISABLED" })).names).toEqual(["other/a"]);
    expect((await list({ NamePrefix: "ab" })).names).toEqual(["default/ab"]);
    await expect(list({ GroupName: "third" })).rejects.toThrow("Schedule group third does not exist.");
    await expect(list({ NextToken: "x" })).rejects.toThrow("NextToken is not valid.");
  });

  const past = new Date("2025-12-31T00:00:00Z");
  test.each<[Partial<sdk.CreateScheduleCommandInput>, string]>([
    [{ ScheduleExpression: "every day" }, "Invalid Schedule Expression every day."],
    [{ ScheduleExpressionTimezone: "Mars/Phobos" }, "Invalid ScheduleExpressionTimezone Mars/Phobos."],
    [{ StartDate: past }, "The StartDate you specify cannot be earlier than 5 minutes ago."],
    [{ EndDate: past }, "The EndDate you specify cannot be in the past."],
    [
      { StartDate: new Date("2026-02-01T00:00:00Z"), EndDate: new Date("2026-01-02T00:00:00Z") },
      "The EndDate you specify cannot be earlier than the StartDate.",
    ],
    [{ FlexibleTimeWindow: { Mode: "FLEXIBLE" } }, "MaximumWindowInMinutes must be set"],
    [{ FlexibleTimeWindow: { Mode: "OFF", MaximumWindowInMinutes: 5 } }, "MaximumWindowInMinutes must not be set"],
    [{ Target: { ...ecs, Arn: "cluster" } }, "Provided Arn is not in correct format."],
    [
      { Target: { Arn: "arn:aws:scheduler:::aws-sdk:ecs:runTask", RoleArn, Input: "{}" } },
      "universal targets are not built",
    ],
    [{ Target: { Arn: `arn:aws:sqs:${place}:queue`, RoleArn } }, "targets of this kind are not built"],
    [{ Target: { Arn: ecs.Arn, RoleArn } }, "EcsParameters must be specified for target"],
    [
      { Target: { ...ecs, EventBridgeParameters: bus.EventBridgeParameters } },
      "EventBridgeParameters is not applicable",
    ],
    [{ Target: { ...bus, KinesisParameters: { PartitionKey: "k" } } }, "KinesisParameters is not applicable"],
    [
      { Target: { ...ecs, DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:000000000000:dead` } } },
      "no dead-letter queues",
    ],
    [{ Target: { ...ecs, Input: "{" } }, "not valid JSON"],
    [{ Name: "a b" }, "1 validation error detected: Value 'a b' at 'Name' failed to satisfy constraint"],
  ])("%j is refused", async (more, message) => {
    await expect(create(more)).rejects.toThrow(
      expect.objectContaining({ name: "ValidationException", message: expect.stringContaining(message) as string }),
    );
  });
});

describe("groups", () => {
  test("are made with tags, shown, and deleted with their schedules; one is always there", async () => {
    const { ScheduleGroupArn = "" } = await createGroup("jobs", { Tags: [{ Key: "a", Value: "1" }] });
    expect(ScheduleGroupArn).toBe(`arn:aws:scheduler:${place}:schedule-group/jobs`);
    await expect(createGroup("jobs")).rejects.toThrow("Schedule group jobs already exists.");
    await expect(createGroup("default")).rejects.toThrow("Schedule group default already exists.");
    const { ScheduleGroups = [] } = await client.send(new sdk.ListScheduleGroupsCommand({}));
    expect(ScheduleGroups.map(({ Name, State }) => [Name, State])).toEqual([
      ["default", "ACTIVE"],
      ["jobs", "ACTIVE"],
    ]);
    const ResourceArn = ScheduleGroupArn;
    await client.send(new sdk.TagResourceCommand({ ResourceArn, Tags: [{ Key: "b", Value: "2" }] }));
    await client.send(new sdk.UntagResourceCommand({ ResourceArn, TagKeys: ["a"] }));
    const { Tags } = await client.send(new sdk.ListTagsForResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: "b", Value: "2" }]);
    const foreign = ResourceArn.replace("000000000000", "111111111111");
    await expect(client.send(new sdk.ListTagsForResourceCommand({ ResourceArn: foreign }))).rejects.toThrow(
      "Schedule group jobs does not exist.",
    );
    await create({ GroupName: "jobs" });
    await client.send(new sdk.DeleteScheduleGroupCommand({ Name: "jobs" }));
    await expect(client.send(new sdk.GetScheduleGroupCommand({ Name: "jobs" }))).rejects.toThrow("does not exist.");
    await expect(get("nightly", "jobs")).rejects.toThrow("does not exist.");
    await expect(create({ GroupName: "jobs" })).rejects.toThrow("Schedule group jobs does not exist.");
    await expect(client.send(new sdk.DeleteScheduleGroupCommand({ Name: "default" }))).rejects.toThrow("cannot delete");
    expect(await client.send(new sdk.GetScheduleGroupCommand({ Name: "default" }))).toMatchObject({ State: "ACTIVE" });
  });
});
