import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import {
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Volume,
} from "@aws-sdk/client-ecs";
import * as efs from "@aws-sdk/client-efs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { type House, startHouse, taskReaching } from "./house.ts";
import { testImage } from "./image.ts";

let house: House;
let files: efs.EFSClient;
let subnets: readonly string[];
beforeAll(async () => {
  house = await startHouse();
  await testImage(house.engine);
  const credentials = {
    accessKeyId: house.env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: house.env["AWS_SECRET_ACCESS_KEY"] ?? "",
  };
  files = new efs.EFSClient({ endpoint: house.endpoint, region: house.env["AWS_REGION"] ?? "", credentials });
  const { Subnets = [] } = await house.ec2.send(new DescribeSubnetsCommand({}));
  subnets = Subnets.map(({ SubnetId = "" }) => SubnetId);
}, 120_000);
afterAll(() => house.down(), 120_000);

let families = 0;
/** Runs a shell command in a task with one volume at /data. @returns the task's ARN */
async function runWith(
  volume: Volume,
  command: string,
  { user, ...run }: Partial<RunTaskCommandInput> & { readonly user?: string } = {},
): Promise<string> {
  const fargate = run.launchType === "FARGATE";
  const family = `volumes-${(families += 1)}`;
  await house.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      ...(fargate ? { cpu: "256", memory: "512", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"] } : {}),
      containerDefinitions: [
        {
          name: "app",
          image: busyboxImage,
          command: ["sh", "-c", command],
          memory: 64,
          mountPoints: [{ sourceVolume: volume.name, containerPath: "/data" }],
          ...(user === undefined ? {} : { user }),
        },
      ],
      volumes: [volume],
    }),
  );
  const network = { awsvpcConfiguration: { subnets: [...subnets] } };
  const { tasks = [], failures } = await house.ecs.send(
    new RunTaskCommand({ taskDefinition: family, ...(fargate ? { networkConfiguration: network } : {}), ...run }),
  );
  expect(failures).toEqual([]);
  return tasks[0]?.taskArn ?? "";
}
const exitCodeOf = async (task: string) => {
  const stopped = await taskReaching(house, task, "STOPPED");
  const [container] = stopped.containers ?? [];
  return container?.exitCode ?? stopped.stoppedReason;
};

describe("EFS", () => {
  let FileSystemId: string;
  beforeAll(async () => {
    FileSystemId = (await files.send(new efs.CreateFileSystemCommand({}))).FileSystemId ?? "";
  });
  const volume = (more: object = {}): Volume => ({
    name: "data",
    efsVolumeConfiguration: { fileSystemId: FileSystemId, ...more },
  });
  const directory = () => join(house.dataDir, "efs", FileSystemId);

  test("without a mount target in its zone a task ends as at ECS", async () => {
    expect(await exitCodeOf(await runWith(volume(), "true"))).toMatch(
      /^ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-/,
    );
  });

  test("tasks of both launch types share it", async () => {
    for (const SubnetId of subnets) await files.send(new efs.CreateMountTargetCommand({ FileSystemId, SubnetId }));
    expect(await exitCodeOf(await runWith(volume(), "echo here > /data/note"))).toBe(0);
    const reader = await runWith(volume(), "grep here /data/note && mkdir /data/sub", { launchType: "FARGATE" });
    expect(await exitCodeOf(reader)).toBe(0);
    expect(await exitCodeOf(await runWith(volume({ rootDirectory: "/sub" }), "touch /data/deep"))).toBe(0);
    expect(readdirSync(join(directory(), "sub"))).toEqual(["deep"]);
  });

  test("an access point makes its root directory, and its user owns what is written", async () => {
    const { AccessPointId = "" } = await files.send(
      new efs.CreateAccessPointCommand({
        FileSystemId,
        PosixUser: { Uid: 1234, Gid: 1235 },
        RootDirectory: { Path: "/app", CreationInfo: { OwnerUid: 1234, OwnerGid: 1235, Permissions: "0750" } },
      }),
    );
    const through = volume({ transitEncryption: "ENABLED", authorizationConfig: { accessPointId: AccessPointId } });
    expect(await exitCodeOf(await runWith(through, "echo mine > /data/note"))).toBe(0);
    const note = join(directory(), "app", "note");
    expect([readFileSync(note, "utf8"), statSync(note).uid, statSync(note).gid]).toEqual(["mine\n", 1234, 1235]);
    expect(statSync(join(directory(), "app")).mode & 0o7777).toBe(0o750);
    expect(await exitCodeOf(await runWith(through, "true", { user: "0" }))).toMatch(/leave its user out/);
  });

  test("what the file system's policy does not allow is refused, or not written", async () => {
    const allow = (...actions: string[]) => {
      const Action = actions.map((action) => `elasticfilesystem:${action}`);
      const Statement = [{ Effect: "Allow", Principal: "*", Action }];
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
      return files.send(new efs.PutFileSystemPolicyCommand({ FileSystemId, Policy }));
    };
    await allow("ClientMount", "ClientRootAccess");
    expect(await exitCodeOf(await runWith(volume(), "cat /data/note && ! touch /data/new"))).toBe(0);
    await allow("ClientWrite");
    expect(await exitCodeOf(await runWith(volume(), "true"))).toMatch(
      /mount\.nfs4: access denied by server while mounting 127\.0\.0\.1:\/ : unsuccessful EFS utils command execution; code: 32$/,
    );
  });
});
