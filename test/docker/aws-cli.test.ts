import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type House, startHouse } from "./house.ts";
import { testImage } from "./image.ts";

const run = promisify(execFile);
const present = await run("aws", ["--version"]).then(
  () => true,
  () => false,
);
if (!present) console.log("The aws CLI is not on this machine: its main path is skipped.");

// The main path as somebody types it. The SDK's own tests of the same path always run.
let house: House;
let image: string;
beforeAll(async () => {
  if (!present) return;
  house = await startHouse();
  image = await testImage(house.engine);
});
afterAll(() => house?.down());

async function aws(...args: string[]): Promise<string> {
  const env = { ...process.env, ...house.env, AWS_PAGER: "" };
  return (await run("aws", args, { env, maxBuffer: 1 << 24 })).stdout;
}
const awsJson = async (...args: string[]) => JSON.parse(await aws(...args, "--output", "json")) as never;

test.skipIf(!present)(
  "register, create, wait, describe, logs, scale to zero, delete",
  async () => {
    const containers = [
      {
        name: "app",
        image,
        memory: 32,
        stopTimeout: 2,
        command: ["sh", "-c", "trap 'exit 0' TERM; echo from the container; sleep 600 & wait"],
        logConfiguration: {
          logDriver: "awslogs",
          options: {
            "awslogs-group": "/cli",
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "p",
            "awslogs-create-group": "true",
          },
        },
      },
    ];
    await aws(
      "ecs",
      "register-task-definition",
      "--family",
      "cli",
      "--container-definitions",
      JSON.stringify(containers),
    );
    await aws("ecs", "create-service", "--service-name", "cli", "--task-definition", "cli", "--desired-count", "1");
    await aws("ecs", "wait", "services-stable", "--services", "cli");
    const { taskArns } = (await awsJson("ecs", "list-tasks", "--service-name", "cli")) as { taskArns: string[] };
    const { tasks } = (await awsJson("ecs", "describe-tasks", "--tasks", ...taskArns)) as {
      tasks: { lastStatus: string; containers: { lastStatus: string }[] }[];
    };
    expect(tasks).toMatchObject([{ lastStatus: "RUNNING", containers: [{ lastStatus: "RUNNING" }] }]);
    // `aws logs tail` came with version 2 of the CLI; what it calls is filter-log-events, which both have.
    const isTwo = (await aws("--version")).startsWith("aws-cli/2");
    const tail = await eventually("its log", async () => {
      const text = isTwo
        ? await aws("logs", "tail", "/cli", "--format", "short").catch(() => "")
        : await aws("logs", "filter-log-events", "--log-group-name", "/cli", "--interleaved").catch(() => "");
      return text.includes("from the container") ? text : undefined;
    });
    expect(tail).toMatch(/from the container/);
    expect(
      await aws(
        "logs",
        "describe-log-streams",
        "--log-group-name",
        "/cli",
        "--query",
        "logStreams[].logStreamName",
        "--output",
        "text",
      ),
    ).toMatch(/^p\/app\/[0-9a-f]{32}\n$/);
    await aws("ecs", "update-service", "--service", "cli", "--desired-count", "0");
    await aws("ecs", "wait", "services-stable", "--services", "cli");
    await aws("ecs", "wait", "tasks-stopped", "--tasks", ...taskArns);
    const stopped = (await awsJson("ecs", "describe-tasks", "--tasks", ...taskArns)) as {
      tasks: { stopCode: string }[];
    };
    expect(stopped.tasks).toMatchObject([{ stopCode: "ServiceSchedulerInitiated" }]);
    await aws("ecs", "delete-service", "--service", "cli");
    await aws("ecs", "wait", "services-inactive", "--services", "cli");
  },
  300_000,
);

test.skipIf(!present)(
  "the neighbours that awsvpc needs are listed",
  async () => {
    const { Vpcs } = (await awsJson("ec2", "describe-vpcs")) as { Vpcs: { VpcId: string; IsDefault: boolean }[] };
    expect(Vpcs).toMatchObject([{ IsDefault: true }]);
    const { Subnets } = (await awsJson(
      "ec2",
      "describe-subnets",
      "--filters",
      `Name=vpc-id,Values=${Vpcs[0]?.VpcId}`,
    )) as { Subnets: { AvailabilityZone: string }[] };
    expect(Subnets.map(({ AvailabilityZone }) => AvailabilityZone).toSorted()).toEqual([
      "us-east-1a",
      "us-east-1b",
      "us-east-1c",
    ]);
    const { SecurityGroups } = (await awsJson("ec2", "describe-security-groups")) as {
      SecurityGroups: { GroupName: string }[];
    };
    expect(SecurityGroups.map(({ GroupName }) => GroupName)).toEqual(["default"]);
    expect(await awsJson("ec2", "describe-network-interfaces")).toEqual({ NetworkInterfaces: [] });
    const { AvailabilityZones } = (await awsJson("ec2", "describe-availability-zones")) as {
      AvailabilityZones: unknown[];
    };
    expect(AvailabilityZones).toHaveLength(3);
    expect(await awsJson("sts", "get-caller-identity")).toMatchObject({ Account: "000000000000" });
  },
  60_000,
);

test.skipIf(!present)("an error reads as it does at AWS", async () => {
  const failure = await aws("ecs", "describe-services", "--cluster", "nowhere", "--services", "x").catch(
    (error: { stderr: string }) => error.stderr,
  );
  expect(failure).toContain(
    "(ClusterNotFoundException) when calling the DescribeServices operation: Cluster not found.",
  );
});
