import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-efs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileSystemDirectories } from "../../file-systems/file-system-directories.ts";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import { ensureDefaultNetwork } from "../ec2/default-network.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import { efsService } from "./service.ts";

let root: string;
let directories: FileSystemDirectories;
let server: Awaited<ReturnType<typeof startTestServer>>;
let client: sdk.EFSClient;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hatoba-efs-"));
  directories = new FileSystemDirectories({ root, clock: new ManualClock(), logger: silentLogger });
  server = await startTestServer({ services: [efsService({ directories })] });
  await ensureDefaultNetwork({ store: server.store, settings: defaultSettings });
  client = new sdk.EFSClient(clientOptions(server));
});
afterEach(async () => {
  client.destroy();
  await server.close();
  await rm(root, { recursive: true });
});

const subnets = () =>
  server.store
    .snapshot()
    .list("subnet")
    .map(({ value }) => value);
const create = (CreationToken: string, more: Partial<sdk.CreateFileSystemCommandInput> = {}) =>
  client.send(new sdk.CreateFileSystemCommand({ CreationToken, ...more }));
const folders = async () => (await readdir(root)).filter((name) => name.startsWith("fs-"));

test("a file system is a directory, and is available when it is described", async () => {
  const Tags = [{ Key: "Name", Value: "plans" }];
  const made = await create("t", { Encrypted: true, ThroughputMode: "elastic", Tags });
  expect(made).toMatchObject({ LifeCycleState: "creating", Name: "plans", NumberOfMountTargets: 0, Encrypted: true });
  expect(await folders()).toEqual([made.FileSystemId]);
  const { FileSystems = [] } = await client.send(new sdk.DescribeFileSystemsCommand({ CreationToken: "t" }));
  expect(FileSystems).toMatchObject([{ FileSystemId: made.FileSystemId, LifeCycleState: "available", Tags }]);
});

test("a token makes one file system, also when it is used twice at once", async () => {
  const results = await Promise.allSettled([create("same"), create("same")]);
  const made = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.FileSystemId] : []));
  expect(made).toHaveLength(1);
  await expect(create("same")).rejects.toMatchObject({ name: "FileSystemAlreadyExists", FileSystemId: made[0] });
  expect(await folders()).toEqual(made);
});

test("its size is measured", async () => {
  const { FileSystemId = "" } = await create("t");
  await writeFile(join(root, FileSystemId, "file"), Buffer.alloc(100_000, 1));
  await directories.measure(FileSystemId);
  const { FileSystems = [] } = await client.send(new sdk.DescribeFileSystemsCommand({ FileSystemId }));
  expect(FileSystems[0]?.SizeInBytes?.Value).toBeGreaterThan(100_000);
});

test("mount targets: one per zone, with an address, in use while they are there", async () => {
  const { FileSystemId } = await create("t");
  const [first, second] = subnets();
  const make = (SubnetId: string | undefined, IpAddress?: string) =>
    client.send(new sdk.CreateMountTargetCommand({ FileSystemId, SubnetId, IpAddress }));
  const target = await make(first?.subnetId);
  expect(target).toMatchObject({
    AvailabilityZoneName: first?.availabilityZone,
    VpcId: first?.vpcId,
    LifeCycleState: "creating",
  });
  await expect(make(first?.subnetId)).rejects.toBeInstanceOf(sdk.MountTargetConflict);
  await expect(make("subnet-00000000")).rejects.toBeInstanceOf(sdk.SubnetNotFound);
  await expect(make(second?.subnetId, "10.9.9.9")).rejects.toBeInstanceOf(sdk.BadRequest);
  const groups = await client.send(
    new sdk.DescribeMountTargetSecurityGroupsCommand({ MountTargetId: target.MountTargetId }),
  );
  expect(groups.SecurityGroups).toHaveLength(1);
  await expect(client.send(new sdk.DeleteFileSystemCommand({ FileSystemId }))).rejects.toBeInstanceOf(
    sdk.FileSystemInUse,
  );
  await client.send(new sdk.DeleteMountTargetCommand({ MountTargetId: target.MountTargetId }));
  expect(server.store.snapshot().list("networkInterface")).toEqual([]);
  await client.send(new sdk.DeleteFileSystemCommand({ FileSystemId }));
  await expect(client.send(new sdk.DescribeFileSystemsCommand({ FileSystemId }))).rejects.toBeInstanceOf(
    sdk.FileSystemNotFound,
  );
  expect(await folders()).toEqual([]);
});

test("access points: described as made, once per token, gone with their file system", async () => {
  const { FileSystemId } = await create("t");
  const given = {
    PosixUser: { Uid: 1000, Gid: 1001, SecondaryGids: [7] },
    RootDirectory: { Path: "/app/data", CreationInfo: { OwnerUid: 1000, OwnerGid: 1001, Permissions: "0750" } },
  };
  const make = () => client.send(new sdk.CreateAccessPointCommand({ FileSystemId, ClientToken: "c", ...given }));
  const { AccessPointId } = await make();
  const { AccessPoints } = await client.send(new sdk.DescribeAccessPointsCommand({ FileSystemId }));
  expect(AccessPoints).toMatchObject([{ ...given, AccessPointId, LifeCycleState: "available" }]);
  await expect(make()).rejects.toMatchObject({ name: "AccessPointAlreadyExists", AccessPointId });
  await client.send(new sdk.DeleteFileSystemCommand({ FileSystemId }));
  expect(server.store.snapshot().list("accessPoint")).toEqual([]);
});

test("documents: file system policy, backup policy, life cycle", async () => {
  const { FileSystemId } = await create("t");
  const policy = (Policy: string) => client.send(new sdk.PutFileSystemPolicyCommand({ FileSystemId, Policy }));
  await expect(client.send(new sdk.DescribeFileSystemPolicyCommand({ FileSystemId }))).rejects.toBeInstanceOf(
    sdk.PolicyNotFound,
  );
  await expect(policy("{")).rejects.toBeInstanceOf(sdk.InvalidPolicyException);
  const statement = { Effect: "Allow", Principal: { AWS: "*" }, Action: "elasticfilesystem:ClientMount" };
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await policy(text);
  expect((await client.send(new sdk.DescribeFileSystemPolicyCommand({ FileSystemId }))).Policy).toBe(text);
  await client.send(new sdk.PutBackupPolicyCommand({ FileSystemId, BackupPolicy: { Status: "ENABLED" } }));
  const backup = await client.send(new sdk.DescribeBackupPolicyCommand({ FileSystemId }));
  expect(backup.BackupPolicy?.Status).toBe("ENABLED");
  const LifecyclePolicies: sdk.LifecyclePolicy[] = [{ TransitionToIA: "AFTER_30_DAYS" }];
  await client.send(new sdk.PutLifecycleConfigurationCommand({ FileSystemId, LifecyclePolicies }));
  const cycle = await client.send(new sdk.DescribeLifecycleConfigurationCommand({ FileSystemId }));
  expect(cycle.LifecyclePolicies).toEqual(LifecyclePolicies);
});

test("tags of both, throughput, and pages", async () => {
  const { FileSystemId = "" } = await create("a");
  await create("b");
  const all = sdk.paginateDescribeFileSystems({ client, pageSize: 1 }, {});
  const seen: (string | undefined)[] = [];
  for await (const { FileSystems = [] } of all) seen.push(...FileSystems.map((fs) => fs.FileSystemId));
  expect(new Set(seen).size).toBe(2);
  await client.send(new sdk.TagResourceCommand({ ResourceId: FileSystemId, Tags: [{ Key: "a", Value: "1" }] }));
  await client.send(new sdk.UntagResourceCommand({ ResourceId: FileSystemId, TagKeys: ["a"] }));
  const { Tags } = await client.send(new sdk.ListTagsForResourceCommand({ ResourceId: FileSystemId }));
  expect(Tags).toEqual([]);
  const change = { FileSystemId, ThroughputMode: "provisioned", ProvisionedThroughputInMibps: 8.5 } as const;
  expect(await client.send(new sdk.UpdateFileSystemCommand(change))).toMatchObject(change);
  const bare = client.send(
    new sdk.UpdateFileSystemCommand({ FileSystemId, ThroughputMode: "elastic", ProvisionedThroughputInMibps: 1 }),
  );
  await expect(bare).rejects.toBeInstanceOf(sdk.BadRequest);
});
