import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ControlPlaneError } from "../channel/control-plane.ts";
import { TaskCredentials } from "../credentials/task-credentials.ts";
import { type Machine, openMachine, taskArnOf, taskPayload, vpcPayload } from "../engine/engine.fixture.ts";
import { silentLogger } from "../platform/logger.ts";
import type { Question } from "./answer.ts";
import { AuditLog } from "./audit-log.ts";
import { EndpointIds } from "./endpoint-ids.ts";
import { environmentHook } from "./environment-hook.ts";
import { RecentStats } from "./recent-stats.ts";
import { TaskEndpoints } from "./task-endpoints.ts";
import type { CallAs } from "./task-protection.ts";

const roleCredentials = {
  credentialsId: "11111111-aaaa-4000-8000-000000000000",
  roleArn: "arn:aws:iam::123456789012:role/app",
  accessKeyId: "ASIAAPP",
  secretAccessKey: "app-secret",
  sessionToken: "app-token",
  expiration: "2027-01-01T00:00:00Z",
};
const executionRoleCredentials = { ...roleCredentials, credentialsId: "exec-1", roleArn: "arn:…:role/exec" };

let machine: Machine;
let ids: EndpointIds;
let credentials: TaskCredentials;
let endpoints: TaskEndpoints;
let callAs: CallAs;
let dataDir: string;
beforeEach(async () => {
  const hooks = [environmentHook({ ids: { of: (arn, name) => ids.of(arn, name) }, prepare: async () => undefined })];
  machine = await openMachine(undefined, { hooks });
  dataDir = mkdtempSync(join(tmpdir(), "hatoba-endpoints-"));
  const tasks = () => machine.engine.tasks();
  ids = new EndpointIds("key", tasks);
  credentials = new TaskCredentials(() => tasks().map(({ arn }) => arn));
  callAs = async () => ({ protectedTasks: [{ taskArn: taskArnOf(1), protectionEnabled: false }], failures: [] });
  const { runtime, clock } = machine;
  endpoints = new TaskEndpoints({
    tasks,
    ids,
    credentials,
    runtime,
    stats: new RecentStats(runtime),
    audit: new AuditLog({ dataDir, clock, logger: silentLogger, cluster: "demo", containerInstanceArn: () => "ci" }),
    place: () => ({ cluster: "demo" }),
    tags: async () => ({ task: { tags: { stage: "test" } }, containerInstance: { tags: {} } }),
    callAs: (...call) => callAs(...call),
  });
});
afterEach(() => rmSync(dataDir, { recursive: true }));

async function run(...tasks: Parameters<TaskCredentials["take"]>[0]) {
  const taken = credentials.take(tasks);
  await machine.engine.assign(taken.tasks, 1);
  await machine.pass(1000);
}

async function ask(path: string, more: Partial<Question> = {}) {
  const question = {
    method: "GET",
    path,
    query: new URLSearchParams(),
    body: "",
    clientAddress: "172.17.0.2",
    client: "172.17.0.2:40112",
    userAgent: "aws-sdk",
    ...more,
  };
  const { status, body } = await endpoints.answer(question);
  return {
    status,
    body: body.startsWith("{") || body.startsWith('"') ? (JSON.parse(body) as unknown) : body,
    question,
  };
}
const environment = () => machine.container("app")?.spec.environment ?? {};
const idOf = () => (environment()["ECS_AGENT_URI"] ?? "").split("/").at(-1) ?? "";

describe("a container", () => {
  test("is told where to ask, by an id that holds over a restart of the agent", async () => {
    await run(taskPayload(1, { roleCredentials }));
    const id = idOf();
    expect(id).toMatch(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
    expect(environment()).toMatchObject({
      ECS_CONTAINER_METADATA_URI: `http://169.254.170.2/v3/${id}`,
      ECS_CONTAINER_METADATA_URI_V4: `http://169.254.170.2/v4/${id}`,
      ECS_AGENT_URI: `http://169.254.170.2/api/${id}`,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${roleCredentials.credentialsId}`,
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
    });
    await machine.restartAgent();
    expect(new EndpointIds("key", () => machine.engine.tasks()).find(id)?.task.arn).toBe(taskArnOf(1));
    expect(new EndpointIds("another key", () => machine.engine.tasks()).find(id)).toBeUndefined();
  });

  test("without a role is told of none", async () => {
    await run(taskPayload(1));
    expect(environment()).not.toHaveProperty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  });

  test("reads itself, its task, and what it uses", async () => {
    await run(taskPayload(1));
    const id = idOf();
    expect((await ask(`/v4/${id}`)).body).toMatchObject({ Name: "app", KnownStatus: "RUNNING" });
    expect((await ask(`/v4/${id}/task`)).body).toMatchObject({ TaskARN: taskArnOf(1), Cluster: "demo" });
    expect((await ask(`/v3/${id}/taskWithTags`)).body).toMatchObject({ TaskTags: { stage: "test" } });
    const first = (await ask(`/v4/${id}/stats`)).body;
    expect(first).not.toHaveProperty("network_rate_stats");
    await machine.pass(1000);
    expect((await ask(`/v4/${id}/stats`)).body).toMatchObject({
      network_rate_stats: { rx_bytes_per_sec: 1000, tx_bytes_per_sec: 0 },
      precpu_stats: { cpu_usage: {} },
    });
    expect(Object.keys((await ask(`/v3/${id}/task/stats`)).body as object)).toHaveLength(1);
    expect((await ask(`/v4/${id}/associations/gpu`)).body).toEqual({ Associations: [] });
  });

  test.each([
    [
      "/v4/nope",
      "V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 endpoint ID: nope",
    ],
    [
      "/v4/nope/task",
      "V4 task metadata handler: unable to get task arn from request: unable to get task Arn from v3 endpoint ID: nope",
    ],
    [
      "/v3/nope/stats",
      "V3 container stats handler: unable to get container ID from request: unable to get docker ID from v3 endpoint ID: nope",
    ],
    ["/v4/nope/elsewhere", "404 page not found\n"],
    ["/v4/nope/constructor", "404 page not found\n"],
    ["/elsewhere", "404 page not found\n"],
  ])("that nobody knows gets 404 at %s", async (path, body) => {
    expect(await ask(path)).toMatchObject({ status: 404, body });
  });
});

describe("credentials", () => {
  test("are those of the id, and the access is written down without it", async () => {
    await run(taskPayload(1, { roleCredentials, executionRoleCredentials }));
    const { status, body } = await ask(`/v2/credentials/${roleCredentials.credentialsId}`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toBe(
      '{"RoleArn":"arn:aws:iam::123456789012:role/app","AccessKeyId":"ASIAAPP","SecretAccessKey":"app-secret","Token":"app-token","Expiration":"2027-01-01T00:00:00Z"}',
    );
    await ask("/v1/credentials", { query: new URLSearchParams({ id: "exec-1" }) });
    await ask("/v2/credentials/wrong", { userAgent: 'a"\n' });
    expect(readFileSync(join(dataDir, "audit.log"), "utf8")).toBe(
      [
        `2026-01-01T00:00:01Z 200 172.17.0.2:40112 "/v2/credentials" "aws-sdk" ${taskArnOf(1)} GetCredentials 2 demo ci`,
        `2026-01-01T00:00:01Z 200 172.17.0.2:40112 "/v1/credentials" "aws-sdk" ${taskArnOf(1)} GetCredentialsExecutionRole 2 demo ci`,
        `2026-01-01T00:00:01Z 400 172.17.0.2:40112 "/v2/credentials" "a??" - GetCredentials 2 demo ci`,
        "",
      ].join("\n"),
    );
  });

  test("are refused as the genuine agent refuses them", async () => {
    expect(await ask("/v2/credentials/wrong")).toMatchObject({
      status: 400,
      body: { code: "InvalidIdInRequest", message: "CredentialsV2Request: Credentials not found", HTTPErrorCode: 400 },
    });
    expect(await ask("/v1/credentials")).toMatchObject({ status: 400, body: { code: "NoIdInRequest" } });
    await run(taskPayload(1, { roleCredentials }));
    credentials.drop(taskArnOf(1)); // as after a restart, until they come again
    expect(await ask(`/v2/credentials/${roleCredentials.credentialsId}`)).toMatchObject({
      status: 503,
      body: { code: "CredentialsUninitialized" },
    });
  });
});

describe("task protection", () => {
  const path = () => `/api/${idOf()}/task-protection/v1/state`;

  test("is read and changed with the task's own role", async () => {
    const calls: unknown[] = [];
    callAs = async ({ accessKeyId }, operation, input) => {
      calls.push([accessKeyId, operation, input]);
      const protectedTask = { taskArn: taskArnOf(1), protectionEnabled: true, expirationDate: 1767244339.28 };
      return { protectedTasks: [protectedTask], failures: [] };
    };
    await run(taskPayload(1, { roleCredentials }));
    const put = await ask(path(), { method: "PUT", body: '{"ProtectionEnabled":true,"ExpiresInMinutes":60}' });
    expect(JSON.stringify(put.body)).toBe(
      `{"protection":{"ExpirationDate":"2026-01-01T05:12:19.280Z","ProtectionEnabled":true,"TaskArn":"${taskArnOf(1)}"}}`,
    );
    expect((await ask(path())).status).toBe(200);
    expect(calls).toEqual([
      [
        "ASIAAPP",
        "UpdateTaskProtection",
        { cluster: "demo", tasks: [taskArnOf(1)], protectionEnabled: true, expiresInMinutes: 60 },
      ],
      ["ASIAAPP", "GetTaskProtection", { cluster: "demo", tasks: [taskArnOf(1)] }],
    ]);
  });

  test.each([
    [
      "{",
      400,
      { error: { Code: "InvalidParameterException", Message: "UpdateTaskProtection: failed to decode request" } },
    ],
    ['{"ProtectionEnabled":true,"Other":1}', 400, { error: { Code: "InvalidParameterException" } }],
    ['{"ProtectionEnabled":"yes"}', 400, { error: { Code: "InvalidParameterException" } }],
    [
      "{}",
      400,
      { error: { Arn: taskArnOf(1), Message: "Invalid request: does not contain 'ProtectionEnabled' field" } },
    ],
  ])("is not changed by %s", async (body, status, expected) => {
    await run(taskPayload(1, { roleCredentials }));
    expect(await ask(path(), { method: "PUT", body })).toMatchObject({ status, body: expected });
  });

  test("without a role, and what the API refuses, is told with its status", async () => {
    await run(taskPayload(1));
    expect(await ask(path())).toMatchObject({
      status: 403,
      body: { error: { Arn: taskArnOf(1), Code: "AccessDeniedException" } },
    });
    expect((await ask("/api/nope/task-protection/v1/state")).status).toBe(404);
    await run(taskPayload(2, { roleCredentials }));
    callAs = () => {
      throw new ControlPlaneError("ThrottlingException", "slow down", { statusCode: 400, requestId: "r-1" });
    };
    expect(await ask(`/api/${ids.of(taskArnOf(2), "app")}/task-protection/v1/state`)).toMatchObject({
      status: 400,
      body: { requestID: "r-1", error: { Arn: taskArnOf(2), Code: "ThrottlingException", Message: "slow down" } },
    });
  });
});

test("a task with an address of its own is known by it", async () => {
  await run(vpcPayload(1));
  const clientAddress = "172.31.0.4";
  expect((await ask("/v2/metadata", { clientAddress })).body).toMatchObject({ TaskARN: taskArnOf(1) });
  expect((await ask("/v2/stats/", { clientAddress })).status).toBe(200);
  const stranger = await ask("/v2/metadata", { clientAddress: "127.0.0.1" });
  expect(stranger).toMatchObject({
    status: 400,
    body: "Unable to get task arn from request: unable to associate '127.0.0.1' with task",
  });
  expect(endpoints.knows(stranger.question)).toBe(false);
  expect(endpoints.knows({ ...stranger.question, clientAddress })).toBe(true);
});

test("network faults are refused, with the reason", async () => {
  await run(taskPayload(1));
  const path = `/api/${idOf()}/fault/v1/network-latency/start`;
  expect(await ask(path)).toMatchObject({ status: 405 });
  expect(await ask(path, { method: "POST" })).toMatchObject({
    status: 400,
    body: { Error: `enableFaultInjection is not enabled for task: ${taskArnOf(1)}` },
  });
  expect((await ask(`/api/${idOf()}/fault/v1/other/start`, { method: "POST" })).status).toBe(404);
});
