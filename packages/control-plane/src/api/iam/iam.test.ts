import * as iam from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { iamService } from "./service.ts";

let server: RunningServer;
let client: iam.IAMClient;
beforeAll(async () => {
  server = await startTestServer({ services: [iamService] });
  client = new iam.IAMClient(clientOptions(server));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const allows = (action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: "*" }] });
const createRole = (RoleName: string, more: Partial<iam.CreateRoleCommandInput> = {}) =>
  client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust, ...more }));
const createPolicy = async (PolicyName: string) => {
  const { Policy } = await client.send(
    new iam.CreatePolicyCommand({ PolicyName, PolicyDocument: allows("ecs:RunTask") }),
  );
  return Policy?.Arn ?? "";
};
const executionPolicy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

describe("roles", () => {
  test("come back as they were made", async () => {
    const made = await createRole("made", {
      Path: "/app/",
      Description: "of the app",
      MaxSessionDuration: 7200,
      Tags: [{ Key: "team", Value: "red" }],
    });
    expect(made.Role).toMatchObject({
      RoleName: "made",
      Path: "/app/",
      Arn: "arn:aws:iam::000000000000:role/app/made",
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      AssumeRolePolicyDocument: encodeURIComponent(trust),
      CreateDate: new Date("2026-01-01T00:00:00Z"),
      Tags: [{ Key: "team", Value: "red" }],
    });
    const { Role } = await client.send(new iam.GetRoleCommand({ RoleName: "made" }));
    expect(Role).toEqual({ ...made.Role, RoleLastUsed: {} });
    const { Roles } = await client.send(new iam.ListRolesCommand({ PathPrefix: "/app/" }));
    expect(Roles?.map(({ RoleName }) => RoleName)).toEqual(["made"]);
    expect(Roles?.[0]?.Tags).toBeUndefined();
  });

  test("of one name are refused, whatever the case and path", async () => {
    await createRole("once");
    await expect(createRole("ONCE", { Path: "/x/" })).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "Role with name ONCE already exists.",
      $metadata: { httpStatusCode: 409 },
    });
  });

  test("that are not there are told by name", async () => {
    await expect(client.send(new iam.GetRoleCommand({ RoleName: "nobody" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The role with name nobody cannot be found.",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("need a trust policy that is one", async () => {
    await expect(createRole("bad", { AssumeRolePolicyDocument: allows("sts:AssumeRole") })).rejects.toMatchObject({
      name: "MalformedPolicyDocumentException",
      message: "Has prohibited field Resource",
    });
    await expect(createRole("bad", { MaxSessionDuration: 60 })).rejects.toMatchObject({ name: "ValidationError" });
    await expect(createRole("b d")).rejects.toMatchObject({ name: "ValidationError" });
  });

  test("are changed", async () => {
    const RoleName = "changed";
    await createRole(RoleName);
    const other = trust.replace("ecs-tasks", "ec2");
    await client.send(new iam.UpdateRoleCommand({ RoleName, Description: "new", MaxSessionDuration: 43_200 }));
    await client.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: other }));
    await client.send(
      new iam.TagRoleCommand({
        RoleName,
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "" },
        ],
      }),
    );
    await client.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: "A", Value: "2" }] }));
    await client.send(new iam.UntagRoleCommand({ RoleName, TagKeys: ["b"] }));
    const { Role } = await client.send(new iam.GetRoleCommand({ RoleName }));
    expect(Role).toMatchObject({
      Description: "new",
      MaxSessionDuration: 43_200,
      AssumeRolePolicyDocument: encodeURIComponent(other),
      Tags: [{ Key: "A", Value: "2" }],
    });
    const { Tags } = await client.send(new iam.ListRoleTagsCommand({ RoleName }));
    expect(Tags).toEqual(Role?.Tags);
  });

  test("are listed in pages", async () => {
    for (const name of ["p1", "p2", "p3"]) await createRole(name, { Path: "/pages/" });
    const pages = [];
    for await (const page of iam.paginateListRoles({ client, pageSize: 2 }, { PathPrefix: "/pages/" })) {
      pages.push(page.Roles?.map(({ RoleName }) => RoleName));
    }
    expect(pages).toEqual([["p1", "p2"], ["p3"]]);
    await expect(client.send(new iam.ListRolesCommand({ Marker: "made-up" }))).rejects.toMatchObject({
      name: "ValidationError",
    });
  });

  test("are deleted once their policies are gone", async () => {
    const RoleName = "deleted";
    await createRole(RoleName);
    await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: executionPolicy }));
    await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument: allows("*") }));
    await client.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName: "servers" }));
    await client.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: "servers", RoleName }));
    const remove = () => client.send(new iam.DeleteRoleCommand({ RoleName }));
    const refused = (message: string) =>
      expect(remove()).rejects.toMatchObject({ name: "DeleteConflictException", message });
    await refused("Cannot delete entity, must detach all policies first.");
    await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn: executionPolicy }));
    await refused("Cannot delete entity, must delete policies first.");
    await client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: "own" }));
    await refused("Cannot delete entity, must remove roles from instance profile first.");
    await client.send(new iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: "servers", RoleName }));
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test("of services are not for others to change", async () => {
    const create = () => client.send(new iam.CreateServiceLinkedRoleCommand({ AWSServiceName: "ecs.amazonaws.com" }));
    expect((await create()).Role).toMatchObject({
      Arn: "arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    });
    await expect(create()).rejects.toMatchObject({
      name: "InvalidInputException",
      message: "Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.",
    });
    const RoleName = "AWSServiceRoleForECS";
    await expect(client.send(new iam.DeleteRoleCommand({ RoleName }))).rejects.toMatchObject({
      name: "UnmodifiableEntityException",
    });
    const { DeletionTaskId } = await client.send(new iam.DeleteServiceLinkedRoleCommand({ RoleName }));
    const status = await client.send(new iam.GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId }));
    expect(status.Status).toBe("SUCCEEDED");
  });
});

describe("policies of a role", () => {
  test("are put, read, listed and deleted", async () => {
    const RoleName = "inline";
    await createRole(RoleName);
    const put = (PolicyName: string, document: string) =>
      client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document }));
    await put("b", allows("ecs:*"));
    await put("a", allows("logs:*"));
    await put("b", allows("ec2:*"));
    const { PolicyNames } = await client.send(new iam.ListRolePoliciesCommand({ RoleName }));
    expect(PolicyNames).toEqual(["a", "b"]);
    const { PolicyDocument } = await client.send(new iam.GetRolePolicyCommand({ RoleName, PolicyName: "b" }));
    expect(PolicyDocument).toBe(encodeURIComponent(allows("ec2:*")).replaceAll("*", "%2A"));
    await client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: "b" }));
    await expect(client.send(new iam.GetRolePolicyCommand({ RoleName, PolicyName: "b" }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: "The role policy with name b cannot be found.",
    });
    await expect(put("c", "{}")).rejects.toMatchObject({ name: "MalformedPolicyDocumentException" });
    await expect(put("c", allows(`ecs:${"x".repeat(11_000)}`))).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "Maximum policy size of 10240 bytes exceeded for role inline",
    });
  });

  test("are attached and detached", async () => {
    const RoleName = "attached";
    await createRole(RoleName);
    const PolicyArn = await createPolicy("runs-tasks");
    for (const arn of [PolicyArn, executionPolicy, PolicyArn]) {
      await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: arn }));
    }
    const { AttachedPolicies } = await client.send(new iam.ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies).toEqual([
      { PolicyName: "runs-tasks", PolicyArn },
      { PolicyName: "AmazonECSTaskExecutionRolePolicy", PolicyArn: executionPolicy },
    ]);
    const entities = await client.send(new iam.ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(entities.PolicyRoles?.map((role) => role.RoleName)).toEqual([RoleName]);
    await expect(client.send(new iam.DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete a policy attached to entities.",
    });
    await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await expect(client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
    });
    await client.send(new iam.DeletePolicyCommand({ PolicyArn }));
    await expect(client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }))).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: `Policy ${PolicyArn} does not exist or is not attachable.`,
    });
  });

  test("never come from a policy that is deleted at the same time", async () => {
    const RoleName = "raced";
    await createRole(RoleName);
    for (const round of [1, 2, 3, 4]) {
      const PolicyArn = await createPolicy(`raced-${round}`);
      const [attached, deleted] = await Promise.allSettled([
        client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn })),
        client.send(new iam.DeletePolicyCommand({ PolicyArn })),
      ]);
      expect([attached.status, deleted.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    }
  });
});

describe("managed policies", () => {
  test("have up to five versions, one of which counts", async () => {
    const PolicyArn = await createPolicy("versions");
    const add = (action: string, SetAsDefault = false) =>
      client.send(new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allows(action), SetAsDefault }));
    expect((await add("ecs:2")).PolicyVersion).toMatchObject({ VersionId: "v2", IsDefaultVersion: false });
    expect((await add("ecs:3", true)).PolicyVersion).toMatchObject({ VersionId: "v3", IsDefaultVersion: true });
    await add("ecs:4");
    await add("ecs:5");
    await expect(add("ecs:6")).rejects.toMatchObject({ name: "LimitExceededException" });
    const remove = (VersionId: string) => client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await expect(remove("v3")).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete the default version of a policy.",
    });
    await remove("v5");
    expect((await add("ecs:6")).PolicyVersion?.VersionId).toBe("v6");
    await client.send(new iam.SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: "v4" }));
    const { Versions } = await client.send(new iam.ListPolicyVersionsCommand({ PolicyArn }));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(["v6", "v4", "v3", "v2", "v1"]);
    const version = await client.send(new iam.GetPolicyVersionCommand({ PolicyArn, VersionId: "v4" }));
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? "")).toBe(allows("ecs:4"));
    const { Policy } = await client.send(new iam.GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ DefaultVersionId: "v4", AttachmentCount: 0, IsAttachable: true });
    await expect(client.send(new iam.DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await expect(remove("v9")).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
    });
  });

  test("have one name each", async () => {
    await createPolicy("taken");
    await expect(createPolicy("Taken")).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "A policy called Taken already exists. Duplicate names are not allowed.",
    });
  });

  test("are tagged", async () => {
    const PolicyArn = await createPolicy("tagged");
    await client.send(new iam.TagPolicyCommand({ PolicyArn, Tags: [{ Key: "a", Value: "1" }] }));
    const { Tags } = await client.send(new iam.ListPolicyTagsCommand({ PolicyArn }));
    expect(Tags).toEqual([{ Key: "a", Value: "1" }]);
    await client.send(new iam.UntagPolicyCommand({ PolicyArn, TagKeys: ["a"] }));
    expect((await client.send(new iam.GetPolicyCommand({ PolicyArn }))).Policy?.Tags).toBeUndefined();
  });

  test("of AWS are there, and not to be changed", async () => {
    const { Policy } = await client.send(new iam.GetPolicyCommand({ PolicyArn: executionPolicy }));
    expect(Policy).toMatchObject({ Path: "/service-role/", PolicyName: "AmazonECSTaskExecutionRolePolicy" });
    const { PolicyVersion } = await client.send(
      new iam.GetPolicyVersionCommand({ PolicyArn: executionPolicy, VersionId: Policy?.DefaultVersionId }),
    );
    expect(decodeURIComponent(PolicyVersion?.Document ?? "")).toContain("logs:PutLogEvents");
    await expect(client.send(new iam.DeletePolicyCommand({ PolicyArn: executionPolicy }))).rejects.toMatchObject({
      name: "AccessDenied",
    });
    const { Policies } = await client.send(new iam.ListPoliciesCommand({ Scope: "AWS", MaxItems: 1000 }));
    expect(Policies?.map(({ PolicyName }) => PolicyName)).toContain("AdministratorAccess");
    const local = await client.send(new iam.ListPoliciesCommand({ Scope: "Local" }));
    expect(local.Policies?.every(({ Arn }) => Arn?.startsWith("arn:aws:iam::000000000000:policy/"))).toBe(true);
  });
});

describe("instance profiles", () => {
  test("hold one role", async () => {
    const InstanceProfileName = "profile";
    await createRole("on-servers");
    await client.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key: "a", Value: "1" }] }));
    const add = () =>
      client.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: "on-servers" }));
    await add();
    await expect(add()).rejects.toMatchObject({ name: "LimitExceededException" });
    const { InstanceProfile } = await client.send(new iam.GetInstanceProfileCommand({ InstanceProfileName }));
    expect(InstanceProfile).toMatchObject({
      Arn: "arn:aws:iam::000000000000:instance-profile/profile",
      Roles: [{ RoleName: "on-servers" }],
      Tags: [{ Key: "a", Value: "1" }],
    });
    const { InstanceProfiles } = await client.send(
      new iam.ListInstanceProfilesForRoleCommand({ RoleName: "on-servers" }),
    );
    expect(InstanceProfiles?.map((each) => each.InstanceProfileName)).toEqual([InstanceProfileName]);
    await expect(client.send(new iam.DeleteInstanceProfileCommand({ InstanceProfileName }))).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
    await client.send(new iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: "on-servers" }));
    await client.send(new iam.DeleteInstanceProfileCommand({ InstanceProfileName }));
  });
});

test("the root is the one user", async () => {
  const { User } = await client.send(new iam.GetUserCommand({}));
  expect(User).toMatchObject({ Arn: "arn:aws:iam::000000000000:root", UserId: "000000000000" });
  await expect(client.send(new iam.GetUserCommand({ UserName: "ada" }))).rejects.toMatchObject({
    name: "NoSuchEntityException",
  });
  await expect(client.send(new iam.CreateUserCommand({ UserName: "ada" }))).rejects.toMatchObject({
    name: "UnsupportedOperation",
  });
});
