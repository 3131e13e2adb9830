import type { ChannelTask, EfsGrant } from "@hatoba/contract";
import { describe, expect, test } from "vitest";
import { examplePlace, exampleRole, exampleRoleArn, exampleTask } from "../../model/examples.ts";
import type { AccessPoint, FileSystem, MountTarget } from "../../model/file-system.ts";
import { roleKeyOf } from "../../model/role.ts";
import { ManualClock } from "../../platform/clock.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { RolePolicies } from "../rights/role-policies.ts";
import { efsGrants } from "./efs-grants.ts";

const id = "fs-0123456789abcdef0";
const arn = `arn:aws:elasticfilesystem:${examplePlace.region}:${examplePlace.accountId}:file-system/${id}`;
const fileSystem: FileSystem = {
  fileSystemId: id,
  creationToken: "t",
  createdAt: 0,
  performanceMode: "generalPurpose",
  throughputMode: "bursting",
  encrypted: false,
  tags: [],
  backups: false,
  lifecyclePolicies: [],
  replicationOverwriteProtection: "ENABLED",
};
const mountTarget = { mountTargetId: "fsmt-1", fileSystemId: id, availabilityZone: "us-east-1a" } as MountTarget;
const creationInfo = { ownerUid: 7, ownerGid: 8, permissions: "0750" };
const accessPoint: AccessPoint = {
  accessPointId: "fsap-1",
  fileSystemId: id,
  clientToken: "c",
  tags: [],
  posixUser: { uid: 7, gid: 8, secondaryGids: [] },
  rootDirectory: "/app",
  creationInfo,
};

const statement = (Effect: string, actions: readonly string[], more: object = {}) => ({
  Effect,
  Principal: { AWS: "*" },
  Action: actions.map((action) => `elasticfilesystem:${action}`),
  ...more,
});
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

interface Case {
  readonly efs?: object;
  readonly policy?: string;
  readonly role?: string;
  readonly zone?: string;
}

async function grantOf({ efs = {}, policy: document, role, zone = "us-east-1a" }: Case): Promise<EfsGrant | undefined> {
  const store = new MemoryStore();
  const inlinePolicies = role === undefined ? [] : [{ policyName: "p", policyDocument: role }];
  await store.commit([
    { kind: "fileSystem", arn: id, expected: 0, value: { ...fileSystem, ...(document && { policy: document }) } },
    { kind: "mountTarget", arn: "fsmt-1", expected: 0, value: mountTarget },
    { kind: "accessPoint", arn: "fsap-1", expected: 0, value: accessPoint },
    { kind: "role", arn: roleKeyOf(exampleRoleArn), expected: 0, value: exampleRole({ inlinePolicies }) },
  ]);
  const volume = {
    name: "v",
    type: "efs" as const,
    efsVolumeConfiguration: { fileSystemId: id, rootDirectory: "/", ...efs },
  };
  const entry: ChannelTask = {
    taskClusterArn: "c",
    arn: "a",
    family: "f",
    version: "1",
    desiredStatus: "RUNNING",
    containers: [],
    volumes: [volume],
  };
  const task = exampleTask({
    availabilityZone: zone,
    ...(role === undefined ? {} : { overrides: { taskRoleArn: exampleRoleArn } }),
  });
  const grants = efsGrants({ policies: new RolePolicies(), clock: new ManualClock(), settings: examplePlace });
  return grants(entry, task, store.snapshot()).volumes?.[0]?.efsVolumeConfiguration?.hatobaGrant;
}

const everything = { path: "/", mayWrite: true, mayBeRoot: true };
const iam = { transitEncryption: "ENABLED", authorizationConfig: { iam: "ENABLED" } };
const ownPolicy = (actions: readonly string[], Effect = "Allow") => {
  const { Principal: _nobody, ...rest } = statement(Effect, actions);
  return policy({ ...rest, Resource: arn });
};
const deniedAt = (path: string) => ({
  refused: `mount.nfs4: access denied by server while mounting 127.0.0.1:${path}`,
  code: 32,
});

describe("what a file system says to a task", () => {
  test("without policies everything is granted", async () => {
    expect(await grantOf({})).toEqual(everything);
    expect(await grantOf({ efs: iam, role: ownPolicy(["ClientMount"]) })).toEqual(everything);
  });

  test("there has to be a mount target in the task's zone, and the file system", async () => {
    const unresolved = {
      refused: expect.stringMatching(/^Failed to resolve "fs-.*ensure that the VPC has an EFS mount target/),
      code: 1,
    };
    expect(await grantOf({ zone: "us-east-1b" })).toEqual(unresolved);
    expect(await grantOf({ efs: { fileSystemId: "fs-00000000" } })).toEqual(unresolved);
  });

  test("an access point brings its root directory and its user, and has to be one of this file system", async () => {
    const at = (accessPointId: string) => ({ transitEncryption: "ENABLED", authorizationConfig: { accessPointId } });
    expect(await grantOf({ efs: at("fsap-1") })).toEqual({
      ...everything,
      path: "/app",
      create: creationInfo,
      user: accessPoint.posixUser,
    });
    expect(await grantOf({ efs: at("fsap-2") })).toEqual(deniedAt("/"));
  });

  test.each<[string, Case, object]>([
    [
      "a policy for somebody else",
      { policy: policy(statement("Allow", ["ClientMount"], { Principal: { AWS: "000000000001" } })) },
      deniedAt("/"),
    ],
    [
      "a policy for everybody",
      { policy: policy(statement("Allow", ["ClientMount"])) },
      { path: "/", mayWrite: false, mayBeRoot: false },
    ],
    [
      "nobody without encryption",
      {
        policy: policy(
          statement("Allow", ["*"]),
          statement("Deny", ["*"], { Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ),
      },
      deniedAt("/"),
    ],
    [
      "a role by name",
      {
        efs: iam,
        role: ownPolicy(["x"]),
        policy: policy(statement("Allow", ["ClientMount", "ClientWrite"], { Principal: { AWS: exampleRoleArn } })),
      },
      { path: "/", mayWrite: true, mayBeRoot: false },
    ],
    [
      "the same role that does not say who it is",
      {
        role: ownPolicy(["x"]),
        policy: policy(statement("Allow", ["ClientMount"], { Principal: { AWS: exampleRoleArn } })),
      },
      deniedAt("/"),
    ],
    [
      "what the role's own policy allows",
      {
        efs: iam,
        role: ownPolicy(["ClientMount"]),
        policy: policy(statement("Allow", ["ClientRootAccess"], { Resource: arn })),
      },
      { path: "/", mayWrite: false, mayBeRoot: true },
    ],
    ["what the role's own policy forbids", { efs: iam, role: ownPolicy(["ClientMount"], "Deny") }, deniedAt("/")],
    ["IAM without a role", { efs: iam }, { refused: expect.stringContaining("the task has no role"), code: 1 }],
  ])("%s", async (_name, given, expected) => {
    expect(await grantOf(given)).toEqual(expected);
  });
});
