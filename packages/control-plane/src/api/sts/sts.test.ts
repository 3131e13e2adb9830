import { CreateRoleCommand, DeleteRoleCommand, ListRolesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSignedHouse } from "../rights/signed-house.fixture.ts";

let house: Awaited<ReturnType<typeof openSignedHouse>>;
beforeAll(async () => {
  house = await openSignedHouse();
});
afterAll(() => house.close());

const account = "arn:aws:iam::000000000000:root";
const arnOf = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

/** Makes a role that trusts `principal`. */
async function makeRole(
  RoleName: string,
  principal: object,
  more: { condition?: object; allows?: string; seconds?: number } = {},
) {
  const { iam } = house.clientsOf();
  const statement = { Effect: "Allow", Principal: principal, Action: ["sts:AssumeRole", "sts:TagSession"] };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...statement, ...(more.condition && { Condition: more.condition }) }],
  });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, MaxSessionDuration: more.seconds }));
  if (more.allows === undefined) return arnOf(RoleName);
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: more.allows, Resource: "*" }],
  });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument }));
  return arnOf(RoleName);
}

test("says who calls", async () => {
  const identity = await house.clientsOf().sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: "000000000000", Arn: account, UserId: "000000000000" });
  expect(identity.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("refuses what is not built", async () => {
  await expect(house.clientsOf().sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
    name: "UnsupportedOperation",
    $fault: "client",
  });
});

describe("AssumeRole", () => {
  test("gives out credentials that are a session's", async () => {
    const RoleArn = await makeRole("simple", { AWS: account });
    const { sts } = house.clientsOf();
    const answer = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "me", DurationSeconds: 900 }));
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(answer.Credentials?.Expiration?.getTime()).toBe(Math.floor((house.clock.now() + 900_000) / 1000) * 1000);
    expect(answer.AssumedRoleUser).toEqual({
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:me$/),
      Arn: "arn:aws:sts::000000000000:assumed-role/simple/me",
    });
    const keys = await house.assume({ RoleArn, RoleSessionName: "me" });
    const identity = await house.clientsOf(keys).sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Arn: answer.AssumedRoleUser?.Arn, UserId: answer.AssumedRoleUser?.AssumedRoleId });
  });

  test("gives out what a role made again under the name does not honour", async () => {
    const RoleArn = await makeRole("again", { AWS: account });
    const { iam } = house.clientsOf();
    const first = house.clientsOf(await house.assume({ RoleArn, RoleSessionName: "me" }));
    await iam.send(new DeleteRoleCommand({ RoleName: "again" }));
    house.clock.advance(1);
    await makeRole("again", { AWS: account }, { allows: "*" });
    await expect(first.iam.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
    const second = house.clientsOf(await house.assume({ RoleArn, RoleSessionName: "me" }));
    await second.iam.send(new ListRolesCommand({}));
  });

  test("is for those the role trusts", async () => {
    const RoleArn = await makeRole("of-tasks", { Service: "ecs-tasks.amazonaws.com" });
    const refused = (arn: string) =>
      expect(house.assume({ RoleArn: arn, RoleSessionName: "me" })).rejects.toMatchObject({
        name: "AccessDenied",
        message: `User: ${account} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
        $metadata: { httpStatusCode: 403 },
      });
    await refused(RoleArn);
    await refused(arnOf("nobody"));
  });

  test("asks a session's own policies where the role trusts the account", async () => {
    const target = await makeRole("target", { AWS: account });
    await makeRole("may", { AWS: account }, { allows: "sts:AssumeRole" });
    await makeRole("may-not", { AWS: account });
    const from = async (name: string) =>
      house.assume(
        { RoleArn: target, RoleSessionName: "chained" },
        await house.assume({ RoleArn: arnOf(name), RoleSessionName: "first" }),
      );
    expect((await from("may")).accessKeyId).toMatch(/^ASIA/);
    await expect(from("may-not")).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("needs no more where the role names the caller", async () => {
    const caller = await makeRole("named", { AWS: account });
    const target = await makeRole("names", { AWS: caller });
    const keys = await house.assume({ RoleArn: caller, RoleSessionName: "me" });
    expect((await house.assume({ RoleArn: target, RoleSessionName: "me" }, keys)).sessionToken).not.toBe("");
  });

  test("holds conditions of the trust policy", async () => {
    const condition = { StringEquals: { "sts:ExternalId": "42" } };
    const RoleArn = await makeRole("outside", { AWS: account }, { condition });
    await expect(house.assume({ RoleArn, RoleSessionName: "me" })).rejects.toMatchObject({ name: "AccessDenied" });
    expect((await house.assume({ RoleArn, RoleSessionName: "me", ExternalId: "42" })).accessKeyId).toMatch(/^ASIA/);
  });

  test("lasts no longer than the role allows, and an hour at the most from a session", async () => {
    const RoleArn = await makeRole("long", { AWS: account }, { seconds: 7200, allows: "*" });
    const ask = (DurationSeconds: number, keys?: Awaited<ReturnType<typeof house.assume>>) =>
      house.assume({ RoleArn, RoleSessionName: "me", DurationSeconds }, keys);
    const keys = await ask(7200);
    await expect(ask(7201)).rejects.toMatchObject({
      name: "ValidationError",
      message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    });
    await expect(ask(899)).rejects.toMatchObject({ name: "ValidationError" });
    await expect(ask(3601, keys)).rejects.toMatchObject({
      message: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    });
  });

  test.each([
    [{ RoleSessionName: "no spaces" }, "ValidationError"],
    [{ RoleArn: "arn:aws:iam::000000000000:user/somebody" }, "ValidationError"],
    [{ SerialNumber: "arn:aws:iam::000000000000:mfa/me", TokenCode: "123456" }, "ValidationError"],
    [{ Policy: "{" }, "MalformedPolicyDocumentException"],
    [
      {
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: `a:${"b".repeat(2100)}`, Resource: "*" }],
        }),
      },
      "PackedPolicyTooLargeException",
    ],
    [{ PolicyArns: [{ arn: "arn:aws:iam::000000000000:policy/none" }] }, "ValidationError"],
  ])("refuses %j", async (input, name) => {
    const RoleArn = arnOf("simple");
    await expect(house.assume({ RoleArn, RoleSessionName: "me", ...input })).rejects.toMatchObject({ name });
  });
});
