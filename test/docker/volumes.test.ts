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
const mountTable = () => readFileSync("/proc/self/mountinfo", "utf8");
const exitCodeOf = async (task: string) => {
  const stopped = await taskReaching(house, task, "STOPPED");
  const [container] = stopped.containers ?? [];
  return container?.exitCode ?? stopped.stoppedReason;
};

// Tasks wait more than they work: those that do not lean on each other run at once.
describe.concurrent("EFS", () => {
  const volume = (fileSystemId: string, more: object = {}): Volume => ({
    name: "data",
    efsVolumeConfiguration: { fileSystemId, ...more },
  });
  const directoryOf = (fileSystemId: string) => join(house.dataDir, "efs", fileSystemId);
  async function fileSystem(): Promise<string> {
    const { FileSystemId = "" } = await files.send(new efs.CreateFileSystemCommand({}));
    for (const SubnetId of subnets) await files.send(new efs.CreateMountTargetCommand({ FileSystemId, SubnetId }));
    return FileSystemId;
  }

  test("tasks of both launch types share it", async () => {
    const id = await fileSystem();
    expect(await exitCodeOf(await runWith(volume(id), "echo here > /data/note && mkdir /data/sub"))).toBe(0);
    const reader = await runWith(volume(id), "grep here /data/note", { launchType: "FARGATE" });
    const deeper = await runWith(volume(id, { rootDirectory: "/sub" }), "touch /data/deep");
    expect([await exitCodeOf(reader), await exitCodeOf(deeper)]).toEqual([0, 0]);
    expect(readdirSync(join(directoryOf(id), "sub"))).toEqual(["deep"]);
    // What was bound for a task goes with it, and nothing of what was in it.
    await eventually("no binds", async () => (mountTable().includes(id) ? undefined : true));
    expect(readdirSync(join(directoryOf(id), "sub"))).toEqual(["deep"]);
  });

  test("an access point makes its root directory, its user owns what is written, and the policy may forbid writing", async () => {
    const FileSystemId = await fileSystem();
    const { AccessPointId = "" } = await files.send(
      new efs.CreateAccessPointCommand({
        FileSystemId,
        PosixUser: { Uid: 1234, Gid: 1235 },
        RootDirectory: { Path: "/app", CreationInfo: { OwnerUid: 1234, OwnerGid: 1235, Permissions: "0750" } },
      }),
    );
    const authorizationConfig = { accessPointId: AccessPointId };
    const through = volume(FileSystemId, { transitEncryption: "ENABLED", authorizationConfig });
    expect(await exitCodeOf(await runWith(through, "echo mine > /data/note"))).toBe(0);
    const note = join(directoryOf(FileSystemId), "app", "note");
    expect([readFileSync(note, "utf8"), statSync(note).uid, statSync(note).gid]).toEqual(["mine\n", 1234, 1235]);
    expect(statSync(join(directoryOf(FileSystemId), "app")).mode & 0o7777).toBe(0o750);
    const Statement = [{ Effect: "Allow", Principal: "*", Action: "elasticfilesystem:ClientMount" }];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await files.send(new efs.PutFileSystemPolicyCommand({ FileSystemId, Policy }));
    expect(await exitCodeOf(await runWith(through, "cat /data/note && ! touch /data/new"))).toBe(0);
  });
});

describe.concurrent("Docker volumes and bind mounts", () => {
  const shared = () => `${house.houseId}-shared`;
  const volumesNow = async () => (await house.engine.listVolumes()).Volumes;
  // The task that used it last may still be there.
  afterAll(() =>
    eventually("no shared volume", () =>
      house.engine
        .getVolume(shared())
        .remove()
        .then(
          () => true,
          () => undefined,
        ),
    ),
  );

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
    const optioned = await runWith(ofTask, "mount | grep ' /data type tmpfs' | grep size=1024k");
    const plain = await runWith({ name: "data", host: {} }, "touch /data/note");
    expect([await exitCodeOf(optioned), await exitCodeOf(plain)]).toEqual([0, 0]);
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

  test("a task has a file system of its own; it goes with the task, or stays until somebody deletes it", async () => {
    const wait = "trap 'exit 0' TERM; sleep 60 & wait";
    const keeping = configured({ terminationPolicy: { deleteOnTermination: false } });
    const tasks = await Promise.all([
      runWith(volume, `mount | grep ' /data type ext4' && ${wait}`, configured()),
      runWith(volume, `echo kept > /data/note; ${wait}`, keeping),
    ]);
    const running = await Promise.all(tasks.map((task) => taskReaching(house, task, "RUNNING")));
    const [own = "", kept = ""] = running.map((task) => detail(task, "volumeId"));
    expect(running[0]?.attachments).toMatchObject([{ type: "AmazonElasticBlockStorage", status: "ATTACHED" }]);
    const { Volumes } = await house.ec2.send(new DescribeVolumesCommand({ VolumeIds: [own] }));
    expect(Volumes).toMatchObject([{ Size: 1, VolumeType: "gp3", State: "in-use" }]);
    expect(disks().toSorted()).toEqual([own, kept].toSorted());
    for (const task of tasks) await house.ecs.send(new StopTaskCommand({ task }));
    for (const task of tasks) expect(await exitCodeOf(task)).toBe(0);
    await eventually("one disk", async () => (disks().join() === kept ? true : undefined));
    await eventually("no mounts", async () => (mountTable().includes(house.dataDir) ? undefined : true));

    house.kill("agent");
    const Filters = [{ Name: "status", Values: ["available"] }];
    const { Volumes: left } = await house.ec2.send(new DescribeVolumesCommand({ Filters }));
    expect(left?.map(({ VolumeId }) => VolumeId)).toEqual([kept]);
    await house.ec2.send(new DeleteVolumeCommand({ VolumeId: kept }));
    expect(disks()).toEqual([kept]);
    await house.hatoba("up"); // the agent's next process asks at once what was deleted
    await eventually("no disk", async () => (disks().length === 0 ? true : undefined));
  });
});
