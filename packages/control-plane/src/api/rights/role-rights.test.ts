import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import * as ecs from "@aws-sdk/client-ecs";
import * as iam from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exampleRole } from "../../model/examples.ts";
import { type Role, roleKey } from "../../model/role.ts";
import { RoleRights } from "./role-rights.ts";
import { openSignedHouse } from "./signed-house.fixture.ts";

let house: Awaited<ReturnType<typeof openSignedHouse>>;
beforeAll(async () => {
  house = await openSignedHouse();
  const { ecs: client } = house.clientsOf();
  await client.send(new ecs.CreateClusterCommand({ clusterName: "red", tags: [{ key: "team", value: "red" }] }));
  await client.send(new ecs.CreateClusterCommand({ clusterName: "blue" }));
  await client.send(
    new ecs.RegisterTaskDefinitionCommand({
      family: "web",
      containerDefinitions: [container],
      taskRoleArn: arnOf("app"),
    }),
  );
});
afterAll(() => house.close());

const container = { name: "app", image: "busybox", memory: 16 };
const arnOf = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
const ecsArn = (resource: string) => `arn:aws:ecs:us-east-1:000000000000:${resource}`;
let numbers = 0;
let name = "";
beforeEach(() => {
  name = `role-${++numbers}`;
});

/** Clients of a session of a new role with these statements. */
async function having(statements: readonly object[], more: Partial<Role> = {}) {
  const policyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((each) => ({ Effect: "Allow", Resource: "*", ...each })),
  });
  const role = exampleRole({
    roleName: name,
    arn: arnOf(name),
    inlinePolicies: statements.length === 0 ? [] : [{ policyName: "own", policyDocument }],
    ...more,
  });
  await house.store.commit([{ kind: "role", arn: roleKey(name), expected: 0, value: role }]);
  return house.as({ roleArn: role.arn, sessionName: "task-1", taskArn: ecsArn("task/red/1") });
}
const user = () => `arn:aws:sts::000000000000:assumed-role/${name}/task-1`;

describe("a session of a role", () => {
  test("may do what its role allows, and nothing else", async () => {
    const { ecs: client } = await having([{ Action: "ecs:ListClusters" }]);
    expect((await client.send(new ecs.ListClustersCommand({}))).clusterArns).toHaveLength(2);
    await expect(client.send(new ecs.DescribeClustersCommand({ clusters: ["red"] }))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: ${user()} is not authorized to perform: ecs:DescribeClusters on resource: ${ecsArn("cluster/red")} because no identity-based policy allows the ecs:DescribeClusters action`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("is told of an explicit deny", async () => {
    const { ecs: client } = await having([{ Action: "*" }, { Effect: "Deny", Action: "ecs:Stop*" }]);
    const task = "0123456789abcdef0123456789abcdef";
    await expect(client.send(new ecs.StopTaskCommand({ cluster: "red", task }))).rejects.toMatchObject({
      message: `User: ${user()} is not authorized to perform: ecs:StopTask on resource: ${ecsArn(`task/red/${task}`)} with an explicit deny in an identity-based policy`,
    });
  });

  test("without policies may find out who it is", async () => {
    const { sts, ecs: client } = await having([]);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(user());
    await expect(client.send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("is refused as each protocol has it", async () => {
    const { iam: client, options } = await having([]);
    await expect(client.send(new iam.GetRoleCommand({ RoleName: name }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: `User: ${user()} is not authorized to perform: iam:GetRole on resource: ${arnOf(name)} because no identity-based policy allows the iam:GetRole action`,
      $metadata: { httpStatusCode: 403 },
    });
    const ec2 = new EC2Client(options);
    await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject({
      name: "UnauthorizedOperation",
      message: `You are not authorized to perform this operation. User: ${user()} is not authorized to perform: ec2:DescribeVpcs because no identity-based policy allows the ec2:DescribeVpcs action`,
      $metadata: { httpStatusCode: 403 },
    });
    ec2.destroy();
  });

  test("may do nothing once its role is gone", async () => {
    const { ecs: client } = await having([{ Action: "*" }]);
    await client.send(new ecs.ListClustersCommand({}));
    const stored = house.store.snapshot().get("role", roleKey(name));
    await house.store.commit([{ kind: "role", arn: roleKey(name), expected: stored?.revision ?? 0, value: null }]);
    await expect(client.send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("feels a change of its role with the next call", async () => {
    const { ecs: client } = await having([]);
    const list = () => client.send(new ecs.ListClustersCommand({}));
    await expect(list()).rejects.toMatchObject({ name: "AccessDeniedException" });
    const { iam: root } = house.clientsOf();
    const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    await root.send(new iam.AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
    expect((await list()).clusterArns).toHaveLength(2);
    await root.send(new iam.DetachRolePolicyCommand({ RoleName: name, PolicyArn }));
    await expect(list()).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("feels a new default version of a policy", async () => {
    const { ecs: client } = await having([]);
    const { iam: root } = house.clientsOf();
    const document = (action: string) =>
      JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: action, Resource: "*" } });
    const { Policy } = await root.send(
      new iam.CreatePolicyCommand({ PolicyName: name, PolicyDocument: document("ecs:ListClusters") }),
    );
    await root.send(new iam.AttachRolePolicyCommand({ RoleName: name, PolicyArn: Policy?.Arn }));
    await client.send(new ecs.ListClustersCommand({}));
    await root.send(
      new iam.CreatePolicyVersionCommand({
        PolicyArn: Policy?.Arn,
        PolicyDocument: document("ecs:ListTasks"),
        SetAsDefault: true,
      }),
    );
    await expect(client.send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("is held by a boundary and by policies of its own", async () => {
    const more = { permissionsBoundaryArn: "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess" };
    const { ecs: client } = await having([{ Action: "*" }], more);
    await expect(client.send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining("because no permissions boundary allows the ecs:ListClusters action"),
    });
    const limited = house.as({
      roleArn: arnOf(name),
      sessionName: "me",
      policy: JSON.stringify({ Statement: { Effect: "Deny", Action: "ecs:*", Resource: "*" } }),
    });
    await expect(limited.ecs.send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining("with an explicit deny in a session policy"),
    });
  });
});

describe("resources and conditions", () => {
  const describeCluster = (cluster: string) => new ecs.DescribeClustersCommand({ clusters: [cluster] });

  test("by the tag of what is there", async () => {
    const { ecs: client } = await having([
      { Action: "ecs:*", Condition: { StringEquals: { "aws:ResourceTag/team": "red" } } },
    ]);
    await client.send(describeCluster("red"));
    await expect(client.send(describeCluster("blue"))).rejects.toMatchObject({ name: "AccessDeniedException" });
    await expect(client.send(new ecs.DescribeClustersCommand({ clusters: ["red", "blue"] }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  test("by the tag of whoever calls", async () => {
    const condition = { StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } };
    const { ecs: client } = await having([{ Action: "ecs:*", Condition: condition }], {
      tags: [{ key: "team", value: "red" }],
    });
    await client.send(describeCluster("red"));
    await expect(client.send(describeCluster("blue"))).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("by the tags that a call brings", async () => {
    const { ecs: client } = await having([
      {
        Action: ["ecs:CreateCluster", "ecs:TagResource"],
        Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } },
      },
    ]);
    const create = (key: string) =>
      client.send(new ecs.CreateClusterCommand({ clusterName: `of-${key}`, tags: [{ key, value: "x" }] }));
    await create("team");
    await expect(create("cost")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("tagging what is made is a right of its own", async () => {
    const { ecs: client } = await having([{ Action: "ecs:CreateCluster" }]);
    const command = new ecs.CreateClusterCommand({ clusterName: "tagged", tags: [{ key: "a", value: "b" }] });
    await expect(client.send(command)).rejects.toMatchObject({
      message: expect.stringContaining(`ecs:TagResource on resource: ${ecsArn("cluster/tagged")}`),
    });
    await client.send(new ecs.CreateClusterCommand({ clusterName: "tagged" }));
  });

  test("by cluster, region, address and time", async () => {
    const conditions = {
      ArnEquals: { "ecs:cluster": ecsArn("cluster/red") },
      StringEquals: { "aws:RequestedRegion": "us-east-1" },
      IpAddress: { "aws:SourceIp": ["127.0.0.0/8", "::1"] },
      DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
      Bool: { "aws:SecureTransport": "false" },
    };
    const { ecs: client } = await having([{ Action: "ecs:ListServices", Condition: conditions }]);
    await client.send(new ecs.ListServicesCommand({ cluster: "red" }));
    await expect(client.send(new ecs.ListServicesCommand({ cluster: "blue" }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  test("a family stands for its newest revision", async () => {
    const { ecs: client } = await having([
      { Action: "ecs:RunTask", Resource: ecsArn("task-definition/web:1") },
      { Action: "iam:PassRole", Resource: arnOf("app") },
    ]);
    const run = client.send(new ecs.RunTaskCommand({ cluster: "red", taskDefinition: "web" }));
    // It may; there is just nowhere to run it.
    await expect(run).rejects.toMatchObject({ message: "No Container Instances were found in your cluster." });
  });
});

describe("roles of tasks", () => {
  test("are passed with a right of its own", async () => {
    const { ecs: client } = await having([
      { Action: ["ecs:RegisterTaskDefinition", "ecs:RunTask"] },
      {
        Action: "iam:PassRole",
        Resource: arnOf("app"),
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]);
    const register = (taskRoleArn: string) =>
      client.send(
        new ecs.RegisterTaskDefinitionCommand({ family: "passed", containerDefinitions: [container], taskRoleArn }),
      );
    await register(arnOf("app"));
    await register("app");
    const refusal = {
      name: "AccessDeniedException",
      message: `User: ${user()} is not authorized to perform: iam:PassRole on resource: ${arnOf("admin")} because no identity-based policy allows the iam:PassRole action`,
    };
    await expect(register(arnOf("admin"))).rejects.toMatchObject(refusal);
    const overrides = { taskRoleArn: arnOf("admin") };
    await expect(
      client.send(new ecs.RunTaskCommand({ cluster: "red", taskDefinition: "passed", overrides })),
    ).rejects.toMatchObject(refusal);
  });
});

test("sockets of agents are opened with the rights of agents", async () => {
  const rights = new RoleRights({ store: house.store, clock: house.clock });
  const instance = ecsArn("container-instance/red/0123456789abcdef0123456789abcdef");
  const role = exampleRole({
    roleName: name,
    arn: arnOf(name),
    attachedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"],
  });
  const as = (roleArn: string) => ({
    accountId: "000000000000",
    region: "us-east-1",
    arn: user(),
    userId: "x",
    accessKeyId: "x",
    roleSession: { roleArn, sessionName: "i-1", expiresAt: 0 },
  });
  await house.store.commit([{ kind: "role", arn: roleKey(name), expected: 0, value: role }]);
  for (const url of [`/acs/ws?containerInstanceArn=${instance}`, `/tcs/ws?containerInstance=${instance}`]) {
    rights.requireSocketRight(as(role.arn), url);
    expect(() => rights.requireSocketRight(as(arnOf("app")), url)).toThrow(
      `on resource: ${instance} because no identity-based policy allows the ecs:`,
    );
  }
});

test("the root is never limited", async () => {
  const { ecs: client } = house.clientsOf();
  await client.send(new ecs.ListClustersCommand({}));
});

test("a session ends", async () => {
  const { ecs: client } = await having([{ Action: "*" }]);
  house.clock.advance(3_600_000);
  await expect(client.send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({ name: "ExpiredTokenException" });
});
