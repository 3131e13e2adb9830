import * as efs from "@aws-sdk/client-efs";
import * as scheduler from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiError } from "../api-error.ts";
import { ecsService } from "../ecs/service.ts";
import { limitsOf } from "../limits/read-limits.ts";
import { clientOptions, startTestServer } from "./server.fixture.ts";
import type { RunningServer } from "./server.ts";
import type { AnyOperation, ServiceDefinition } from "./service-definition.ts";
import { validationWording } from "./validation-wording.ts";

const wording = validationWording({
  validation: "ValidationException",
  unreadable: "BadRequest",
  notBuilt: "BadRequest",
  internal: "InternalServerError",
});

describe("the real clients of REST services", () => {
  let server: RunningServer;
  let inputs: unknown[];
  const take =
    (output: object): AnyOperation =>
    async (input) => {
      inputs.push(input);
      return output;
    };
  const fileSystem = { FileSystemId: "fs-0123456789abcdef0", SizeInBytes: { Value: 7 }, CreationTime: new Date(5000) };
  const efsService: ServiceDefinition = {
    sdkId: "EFS",
    signingName: "elasticfilesystem",
    protocol: "restJson1",
    paths: ["/2015-02-01"],
    wording,
    load: async () => ({
      sdk: efs,
      limits: await limitsOf("efs"),
      operations: {
        CreateFileSystem: take(fileSystem),
        DescribeAccessPoints: take({ AccessPoints: [] }),
        DescribeReplicationConfigurations: take({ Replications: [] }),
        UntagResource: take({}),
        DeleteFileSystem: async () => {
          const members = { ErrorCode: "FileSystemInUse", Message: "has mount targets" };
          throw new ApiError("FileSystemInUse", "has mount targets", { statusCode: 409, members });
        },
      },
    }),
  };
  const schedulerService: ServiceDefinition = {
    sdkId: "Scheduler",
    signingName: "scheduler",
    protocol: "restJson1",
    paths: ["/schedules", "/schedule-groups", "/tags"],
    wording,
    load: async () => ({
      sdk: scheduler,
      limits: await limitsOf("scheduler"),
      operations: { DeleteSchedule: take({}), ListSchedules: take({ Schedules: [] }), CreateSchedule: take({}) },
    }),
  };

  let files: efs.EFSClient;
  let schedules: scheduler.SchedulerClient;
  beforeAll(async () => {
    inputs = [];
    server = await startTestServer({ services: [{ ...ecsService, eager: false }, efsService, schedulerService] });
    files = new efs.EFSClient(clientOptions(server));
    schedules = new scheduler.SchedulerClient(clientOptions(server));
  });
  afterAll(async () => {
    files.destroy();
    schedules.destroy();
    await server.close();
  });
  const lastInput = () => inputs.at(-1);

  test("a body goes in; status, numbers and times come out", async () => {
    const Tags = [{ Key: "Name", Value: "plans" }];
    const created = await files.send(new efs.CreateFileSystemCommand({ CreationToken: "t", Encrypted: true, Tags }));
    expect(lastInput()).toEqual({ CreationToken: "t", Encrypted: true, Tags });
    expect(created).toMatchObject(fileSystem);
    expect(created.$metadata.httpStatusCode).toBe(201);
  });

  test("query members have their types, and lists come one by one", async () => {
    await files.send(new efs.DescribeAccessPointsCommand({ FileSystemId: "fs-0123456789abcdef0", MaxResults: 5 }));
    expect(lastInput()).toEqual({ FileSystemId: "fs-0123456789abcdef0", MaxResults: 5 });
    const arn = "arn:aws:elasticfilesystem:us-east-1:000000000000:file-system/fs-0123456789abcdef0";
    await files.send(new efs.UntagResourceCommand({ ResourceId: arn, TagKeys: ["a b", "c+d"] }));
    expect(lastInput()).toEqual({ ResourceId: arn, TagKeys: ["a b", "c+d"] });
  });

  test("a path that is spelt out goes before one with a label", async () => {
    await files.send(new efs.DescribeReplicationConfigurationsCommand({ FileSystemId: "fs-0123456789abcdef0" }));
    expect(lastInput()).toEqual({ FileSystemId: "fs-0123456789abcdef0" });
  });

  test("an error has its class, status and members", async () => {
    const failed = files.send(new efs.DeleteFileSystemCommand({ FileSystemId: "fs-0123456789abcdef0" }));
    await expect(failed).rejects.toBeInstanceOf(efs.FileSystemInUse);
    await expect(failed).rejects.toMatchObject({
      ErrorCode: "FileSystemInUse",
      message: "has mount targets",
      $metadata: { httpStatusCode: 409 },
    });
  });

  test("members of the path are checked like others", async () => {
    await expect(files.send(new efs.DeleteFileSystemCommand({ FileSystemId: "no" }))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("Value 'no' at 'FileSystemId' failed to satisfy constraint"),
    });
  });

  test("another service has its own paths, and its input may come from all places at once", async () => {
    const Target = { Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/c", RoleArn: "arn:aws:iam::000000000000:role/r" };
    await schedules.send(
      new scheduler.CreateScheduleCommand({
        Name: "nightly",
        ScheduleExpression: "rate(1 day)",
        StartDate: new Date(1_800_000_000_000),
        FlexibleTimeWindow: { Mode: "OFF" },
        Target,
        ClientToken: "once",
      }),
    );
    expect(lastInput()).toMatchObject({ Name: "nightly", StartDate: new Date(1_800_000_000_000), Target });
    await schedules.send(new scheduler.DeleteScheduleCommand({ Name: "nightly", GroupName: "g", ClientToken: "t" }));
    expect(lastInput()).toEqual({ Name: "nightly", GroupName: "g", ClientToken: "t" });
  });

  test("what is not built says so, and what is nowhere too", async () => {
    const group = schedules.send(new scheduler.GetScheduleGroupCommand({ Name: "g" }));
    await expect(group).rejects.toThrow(/does not have GetScheduleGroup of Scheduler/);
    const answer = await fetch(`${server.url}/2015-02-01/nothing`, { method: "PUT", body: "{}" });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("x-amzn-errortype")).toBe("UnknownOperationException");
    await answer.body?.cancel();
  });

  test("a member of the path cannot be overridden by the body, and what is no JSON is refused", async () => {
    const url = `${server.url}/schedules/mine`;
    const body = JSON.stringify({
      Name: "yours",
      ScheduleExpression: "rate(1 day)",
      FlexibleTimeWindow: { Mode: "OFF" },
    });
    const lacking = await fetch(url, { method: "POST", body });
    expect(await lacking.json()).toEqual({ message: expect.stringContaining("'Target' failed") });
    expect((await fetch(url, { method: "POST", body: "{" })).status).toBe(400);
  });
});
