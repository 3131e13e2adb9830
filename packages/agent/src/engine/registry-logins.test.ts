import { describe, expect, test } from "vitest";
import { containerPayload, openMachine, taskPayload } from "./engine.fixture.ts";
import { type AskEcr, parseStaticLogins, type ReadSecret, RegistryLogins } from "./registry-logins.ts";

const secretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:login-abc";
const credentials = {
  credentialsId: "1",
  roleArn: "arn:aws:iam::000000000000:role/exec",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: "hidden-key",
  sessionToken: "token",
  expiration: "2027-01-01T00:00:00Z",
};
const withSecret = containerPayload("app", {
  image: "registry.example/app:1",
  registryAuthentication: { type: "asm", asmAuthData: { credentialsParameter: secretArn, region: "us-east-1" } },
});
const hidden = "hunter2-is-hidden";
const never = new AbortController().signal;
const hub = { "https://index.docker.io/v1/": { username: "me", password: hidden } };

const logins = (readSecret: ReadSecret, hasRole = true) =>
  new RegistryLogins({
    configured: parseStaticLogins("docker", JSON.stringify(hub)),
    executionCredentials: () => (hasRole ? credentials : undefined),
    readSecret,
    askEcr: () => Promise.reject(new Error("nobody asks")),
    now: () => 0,
  });

describe("the agent's own logins", () => {
  test("as user and password, or as Docker's file has them", () => {
    expect(parseStaticLogins("docker", JSON.stringify(hub)).get("docker.io")).toEqual({
      username: "me",
      password: hidden,
      serveraddress: "https://index.docker.io/v1/",
    });
    const file = { auths: { "registry.example:5000": { auth: "bWU6cGFzcw==", email: "me@example.com" } } };
    expect(parseStaticLogins("dockercfg", JSON.stringify(file)).get("registry.example:5000")).toEqual({
      auth: "bWU6cGFzcw==",
      email: "me@example.com",
      serveraddress: "registry.example:5000",
    });
  });

  test.each<["docker" | "dockercfg", string]>([
    ["docker", `{"registry.example": {"username": "${hidden}"}}`],
    ["dockercfg", `{"registry.example": {"password": "${hidden}"}}`],
    ["docker", hidden],
    ["docker", `["${hidden}"]`],
  ])("of type %s that are wrong are refused, and not repeated", (type, data) => {
    const parse = () => parseStaticLogins(type, data);
    expect(parse).toThrow(Error);
    expect(parse).not.toThrow(hidden);
  });
});

describe("a container's login", () => {
  const find = (found: RegistryLogins, container = withSecret) => found.find(taskPayload(1), container, never);

  test("without one of its own is that of the registry, if there is one", async () => {
    const found = logins(async () => "");
    expect(await find(found, containerPayload("app", { image: "nginx" }))).toMatchObject({ username: "me" });
    expect(await find(found, containerPayload("app", { image: "registry.example/app" }))).toBeUndefined();
  });

  test("from a secret, read as the execution role", async () => {
    const asked: unknown[] = [];
    const found = logins(async (secretId, as) => {
      asked.push([secretId, as.accessKeyId]);
      return JSON.stringify({ username: "you", password: hidden });
    });
    expect(await find(found)).toEqual({ username: "you", password: hidden, serveraddress: "registry.example" });
    expect(asked).toEqual([[secretArn, "ASIAEXAMPLE"]]);
  });

  test.each<[string, RegistryLogins, boolean]>([
    ["no such secret", logins(async () => Promise.reject(new Error("not found"))), false],
    ["no JSON", logins(async () => hidden), false],
    ["no password", logins(async () => JSON.stringify({ username: hidden })), false],
    ["no role yet", logins(async () => "", false), true],
  ])("fails with a reason that gives nothing away: %s", async (_case, found, retriable) => {
    const error: unknown = await find(found).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: retriable ? "CannotPullContainerAuthError" : "TaskFailure",
      message: expect.stringContaining(secretArn) as string,
      retriable,
    });
    expect(String(error)).not.toContain(hidden);
  });
});

test("the engine logs in for the pull, and tells why it could not; what it keeps has no secret in it", async () => {
  let text = JSON.stringify({ username: "you", password: hidden });
  const machine = await openMachine(undefined, { logins: logins(async () => text) });
  await machine.engine.assign([taskPayload(1, { containers: [withSecret] })], 1);
  await machine.pass(1000);
  expect(machine.runtime.pulls).toEqual([
    { image: withSecret.image, auth: { username: "you", password: hidden, serveraddress: "registry.example" } },
  ]);
  text = "{}";
  await machine.engine.assign([taskPayload(2, { containers: [withSecret] })], 2);
  await machine.pass(1000);
  expect(machine.reports.accepted.at(-1)).toMatchObject({
    status: "STOPPED",
    reason: expect.stringMatching(
      /^ResourceInitializationError: unable to pull secrets or registry auth: .*: secret arn:/,
    ) as string,
  });
  expect(JSON.stringify([machine.state.tasks(), machine.reports.accepted])).not.toContain(hidden);
});

describe("an image in the house's registry", () => {
  const ecrAuthData = {
    registryId: "000000000000",
    region: "us-east-1",
    endpointOverride: "http://127.0.0.1:4577",
    useExecutionRole: true,
  };
  const image = (useExecutionRole: boolean) =>
    containerPayload("app", {
      image: "127.0.0.1:4577/app:1",
      registryAuthentication: { type: "ecr", ecrAuthData: { ...ecrAuthData, useExecutionRole } },
    });
  const withEcr = (askEcr: AskEcr, hasRole = true) =>
    new RegistryLogins({
      configured: new Map(),
      executionCredentials: () => (hasRole ? credentials : undefined),
      readSecret: () => Promise.reject(new Error("nobody asks")),
      askEcr,
      now: () => 0,
    });
  const hours = 3_600_000;

  test("is pulled with a login that is asked for once, as the execution role or as the agent", async () => {
    const asked: unknown[] = [];
    const found = withEcr(async (_registry, as) => {
      asked.push(as?.roleArn);
      return { username: "AWS", password: hidden, expiresAt: 12 * hours };
    });
    const task = taskPayload(1);
    for (const useExecutionRole of [true, true, false, false]) {
      expect(await found.find(task, image(useExecutionRole), never)).toEqual({
        username: "AWS",
        password: hidden,
        serveraddress: "127.0.0.1:4577",
      });
    }
    expect(asked).toEqual([credentials.roleArn, undefined]);
  });

  test("is asked for again when the login is about to end", async () => {
    let asked = 0;
    const found = withEcr(async () => {
      asked += 1;
      return { username: "AWS", password: hidden, expiresAt: hours / 4 };
    });
    const task = taskPayload(1);
    await found.find(task, image(false), never);
    await found.find(task, image(false), never);
    expect(asked).toBe(2);
  });

  test("says why there is no login", async () => {
    const task = taskPayload(1);
    const nobody = withEcr(() => Promise.reject(new Error("no")), false);
    await expect(nobody.find(task, image(true), never)).rejects.toMatchObject({
      name: "CannotPullECRContainerError",
      retriable: true,
    });
    await expect(withEcr(() => Promise.reject(new Error("no"))).find(task, image(true), never)).rejects.toMatchObject({
      name: "CannotPullECRContainerError",
      retriable: false,
      message: expect.stringContaining("Error: no"),
    });
  });
});
