import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DeleteVolumeCommand, DescribeSubnetsCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import {
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
  type Volume,
} from "@aws-sdk/client-ecs";
import * as efs from "@aws-sdk/client-efs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { eventually, type House, startHouse, taskReaching } from "./house.ts";
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
          stopTimeout: 2,
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

describe("managed EBS volumes", () => {
  const volume: Volume = { name: "data", configuredAtLaunch: true };
  const configured = (managedEBSVolume: object = {}) => ({
    volumeConfigurations: [
      {
        name: "data",
        managedEBSVolume: {
          roleArn: "arn:aws:iam::000000000000:role/ecsInfrastructure",
          sizeInGiB: 1,
          filesystemType: "ext4" as const,
          ...managedEBSVolume,
        },
      },
    ],
  });
  const disks = () => {
    const root = join(house.dataDir, "agent", "ebs");
    return existsSync(root) ? readdirSync(root) : [];
  };
  const detail = (task: Task, name: string) =>
    task.attachments?.[0]?.details?.find((each) => each.name === name)?.value ?? "";

  test("a task has a file system of its own, of the size it asked for, and it goes with the task", async () => {
    const task = await runWith(
      volume,
      "df -m /data | tail -1; mount | grep ' /data type ext4' && sleep 60",
      configured(),
    );
    const running = await taskReaching(house, task, "RUNNING");
    expect(running.attachments).toMatchObject([{ type: "AmazonElasticBlockStorage", status: "ATTACHED" }]);
    const VolumeIds = [detail(running, "volumeId")];
    const { Volumes } = await house.ec2.send(new DescribeVolumesCommand({ VolumeIds }));
    expect(Volumes).toMatchObject([{ Size: 1, VolumeType: "gp3", State: "in-use" }]);
    expect(disks()).toEqual(VolumeIds);
    await house.ecs.send(new StopTaskCommand({ task }));
    await taskReaching(house, task, "STOPPED");
    await eventually("no disk", async () => (disks().length === 0 ? true : undefined));
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(house.dataDir);
  });

  test("one that is to outlive its task is kept until somebody deletes it, and the agent hears of that when it is back", async () => {
    const keep = configured({ terminationPolicy: { deleteOnTermination: false } });
    const task = await runWith(volume, "echo kept > /data/note; sleep 60", keep);
    const id = detail(await taskReaching(house, task, "RUNNING"), "volumeId");
    await house.ecs.send(new StopTaskCommand({ task }));
    await taskReaching(house, task, "STOPPED");
    house.kill("agent");
    const { Volumes } = await house.ec2.send(
      new DescribeVolumesCommand({ Filters: [{ Name: "status", Values: ["available"] }] }),
    );
    expect(Volumes?.map(({ VolumeId }) => VolumeId)).toEqual([id]);
    expect(disks()).toEqual([id]);
    await house.ec2.send(new DeleteVolumeCommand({ VolumeId: id }));
    await house.hatoba("up"); // the agent's next process asks at once what was deleted
    await eventually("no disk", async () => (disks().length === 0 ? true : undefined));
  });

  test.skipIf(existsSync("/usr/sbin/mkfs.xfs"))(
    "a file system that this machine cannot make is the task's reason",
    async () => {
      expect(await exitCodeOf(await runWith(volume, "true", configured({ filesystemType: "xfs" })))).toMatch(
        /^ResourceInitializationError: failed to set up EBS volume vol-\w+: mkfs\.xfs is not on this machine$/,
      );
    },
  );
});

describe("Docker volumes and bind mounts", () => {
  const shared = () => `${house.houseId}-shared`;
  const volumesNow = async () => (await house.engine.listVolumes()).Volumes;
  afterAll(() => house.engine.getVolume(shared()).remove());

  test("a shared volume is made when it may be, with its labels, and stays; without that it has to be there", async () => {
    const dockerVolumeConfiguration = { scope: "shared" as const, labels: { kept: "yes" }, driver: "local" };
    const missing = await runWith({ name: shared(), dockerVolumeConfiguration }, "true");
    expect(await exitCodeOf(missing)).toMatch(/does not exist and autoprovision is set to false/);
    const made: Volume = {
      name: shared(),
      dockerVolumeConfiguration: { ...dockerVolumeConfiguration, autoprovision: true },
    };
    expect(await exitCodeOf(await runWith(made, "echo here > /data/note"))).toBe(0);
    expect(await exitCodeOf(await runWith(made, "grep here /data/note"))).toBe(0);
    const found = (await volumesNow()).find(({ Name }) => Name === shared());
    expect(found).toMatchObject({ Driver: "local", Labels: { kept: "yes" } });
  });

  test("a volume of the task goes with it, with the options of its driver; so does a bind mount without a source", async () => {
    const driverOpts = { type: "tmpfs", device: "tmpfs", o: "size=1m" };
    const ofTask: Volume = { name: "data", dockerVolumeConfiguration: { scope: "task", driverOpts } };
    expect(await exitCodeOf(await runWith(ofTask, "mount | grep ' /data type tmpfs' | grep size=1024k"))).toBe(0);
    expect(await exitCodeOf(await runWith({ name: "data", host: {} }, "touch /data/note"))).toBe(0);
    const ours = async () =>
      (await volumesNow()).filter(({ Labels }) => Labels?.["dev.hatoba.house"] === house.houseId);
    await eventually("no volume", async () => ((await ours()).length === 0 ? true : undefined));
  });

  test("a bind mount is the machine's own directory", async () => {
    const directory = join(house.dataDir, "bind");
    mkdirSync(directory);
    expect(
      await exitCodeOf(await runWith({ name: "data", host: { sourcePath: directory } }, "echo in > /data/note")),
    ).toBe(0);
    expect(readFileSync(join(directory, "note"), "utf8")).toBe("in\n");
  });
});
