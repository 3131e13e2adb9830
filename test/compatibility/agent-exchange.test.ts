import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lastSegment } from "@hatoba/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSigner } from "../../packages/agent/src/channel/signer.ts";
import { startTestServer } from "../../packages/control-plane/src/api/http/server.fixture.ts";
import { sigV4Authenticator } from "../../packages/control-plane/src/api/http/sigv4-authenticator.ts";
import {
  exampleCluster,
  exampleContainer,
  exampleContainerInstanceArn,
  exampleTask,
} from "../../packages/control-plane/src/model/examples.ts";
import type { Task } from "../../packages/control-plane/src/model/task.ts";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import { defaultSettings } from "../../packages/control-plane/src/settings.ts";

// What the genuine agent was seen to send, byte for byte, one request a line: operation, name, body; ellipses stand for digits of
// runtime ids. Source: agent protocol, examples of sections 2.2, 2.4 and 2.5.
const golden = new Map(
  readFileSync(join(import.meta.dirname, "golden/agent-requests.txt"), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [, operation = "", name = "", body = ""] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
      return [name, { operation, body }] as const;
    }),
);
const body = (name: string) => golden.get(name)?.body ?? "";

const settings = { ...defaultSettings, accountId: "123456789012" };
const clusterArn = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: randomBytes(30).toString("base64") };
const caller = {
  ...settings,
  arn: "arn:aws:iam::123456789012:root",
  userId: "0",
  accessKeyId: credentials.accessKeyId,
};
const keys = {
  lookupKey: (id: string) =>
    id === credentials.accessKeyId ? { secretAccessKey: credentials.secretAccessKey, caller } : undefined,
};

let server: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  server = await startTestServer({
    settings,
    open: false,
    authenticate: sigV4Authenticator({ keys, clock: systemClock, settings }),
  });
  const value = exampleCluster({ clusterName: "demo" });
  await server.store.commit([{ kind: "cluster", arn: clusterArn, expected: 0, value }]);
});
afterAll(() => server.close());

/** Headers as in section 2.1, all of them signed but the User-Agent. @param arriving what comes in place of what was signed */
async function sent(operation: string, text: string, arriving = text) {
  const url = new URL("/", server.url);
  const headers = await createSigner(credentials, "us-east-1").sign(
    {
      method: "POST",
      url,
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `AmazonEC2ContainerServiceV20141113.${operation}`,
        "amz-sdk-invocation-id": "6b7b9e62-0000-4000-8000-000000000001",
        "amz-sdk-request": "attempt=1; max=298",
        "content-length": String(Buffer.byteLength(text)),
      },
      body: text,
    },
    "ecs",
  );
  const response = await fetch(url, {
    method: "POST",
    headers: {
      ...headers,
      "user-agent": "Amazon ECS Agent - v1.105.1 (*a8b3e7d3) (linux; LINUX) (+http://aws.amazon.com/ecs/)",
      "accept-encoding": "gzip",
    },
    body: arriving,
  });
  const requestId = response.headers.get("x-amzn-requestid");
  return { status: response.status, requestId, answer: (await response.json()) as Record<string, unknown> };
}

interface Registered {
  readonly containerInstance: {
    readonly containerInstanceArn: string;
    readonly status: string;
    readonly attributes: readonly { readonly name: string; readonly value?: string }[];
    readonly tags: readonly object[];
    readonly remainingResources: readonly { readonly name: string; readonly integerValue?: number }[];
  };
}
async function register(text: string): Promise<Registered["containerInstance"]> {
  const { status, answer } = await sent("RegisterContainerInstance", text);
  expect(status).toBe(200);
  return (answer as unknown as Registered).containerInstance;
}
/** The request with members changed or added; sent again by a process that started later, unless it brings its token. */
const changed = (members: object) =>
  JSON.stringify({
    ...(JSON.parse(body("first")) as object),
    clientToken: "ca19a52c-0000-4000-8000-000000000002",
    ...members,
  });

describe("RegisterContainerInstance", () => {
  test("every attribute that came comes back with its value, and the zone with them", async () => {
    const { attributes } = JSON.parse(body("first")) as { attributes: readonly { name: string; value?: string }[] };
    const instance = await register(body("first"));
    expect(instance.attributes).toEqual([...attributes, { name: "ecs.availability-zone", value: "us-east-1a" }]);
    expect(instance).toMatchObject({ status: "ACTIVE", tags: [{ key: "team", value: "x" }] });
    expect(instance.containerInstanceArn).toMatch(
      /^arn:aws:ecs:us-east-1:123456789012:container-instance\/demo\/[0-9a-f]{32}$/,
    );
    expect(instance.remainingResources).toMatchObject([
      { name: "CPU", integerValue: 2048 },
      { name: "MEMORY", integerValue: 24103 },
      { name: "PORTS" },
      { name: "PORTS_UDP" },
    ]);
  });

  test("a try again gets the same ARN; a restart that names its ARN keeps it and its custom attributes", async () => {
    const { containerInstanceArn } = await register(body("first"));
    expect((await register(body("first"))).containerInstanceArn).toBe(containerInstanceArn);
    const attributes = [{ name: "ecs.capability.external" }, { name: "ecs.os-type", value: "linux" }];
    const again = await register(changed({ containerInstanceArn, attributes }));
    expect(again.containerInstanceArn).toBe(containerInstanceArn);
    expect(again.attributes).toEqual([
      { name: "stack", value: "dev" },
      ...attributes,
      { name: "ecs.availability-zone", value: "us-east-1a" },
    ]);
  });

  test("members of a later agent are passed over", async () => {
    const ours = await register(changed({ notYetKnown: { deep: [1] }, clientToken: "later" }));
    expect(ours.status).toBe("ACTIVE");
  });

  test("an unknown cluster is told so that the agent makes the default one", async () => {
    const { status, requestId, answer } = await sent("RegisterContainerInstance", changed({ cluster: "default" }));
    expect([status, answer]).toEqual([
      400,
      { __type: expect.stringMatching(/ClusterNotFoundException$/) as string, message: "Cluster not found." },
    ]);
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await sent("CreateCluster", '{"clusterName":"default"}')).answer).toMatchObject({
      cluster: { clusterName: "default" },
    });
    expect((await register(changed({ cluster: "default" }))).status).toBe("ACTIVE");
  });

  test("a machine of another kind is refused in the words that end the agent", async () => {
    const { containerInstanceArn } = await register(body("first"));
    const attributes = [{ name: "ecs.os-type", value: "linux" }];
    const { status, answer } = await sent("RegisterContainerInstance", changed({ containerInstanceArn, attributes }));
    expect([status, answer["message"]]).toEqual([400, "Container instance type changes are not supported."]);
  });
});

test("DiscoverPollEndpoint names both sockets under the address that was called", async () => {
  const { status, answer } = await sent("DiscoverPollEndpoint", body("bare"));
  expect([status, answer]).toEqual([200, { endpoint: `${server.url}/acs`, telemetryEndpoint: `${server.url}/tcs` }]);
});

describe("SubmitTaskStateChange", () => {
  /** The task that a golden report is on, as placed; its containers are those that the reports name. */
  const reported = (name: string) => (JSON.parse(body(name)) as { readonly task: string }).task;
  beforeEach(async () => {
    const instance = exampleContainerInstanceArn();
    const tasks = new Set(
      [...golden.values()]
        .flatMap((each) => (each.operation.startsWith("Submit") ? [each.body] : []))
        .map((text) => (JSON.parse(text) as { readonly task: string }).task),
    );
    const snapshot = server.store.snapshot();
    for (const arn of tasks) {
      const containers = ["app", "side", "init"].map((name) => exampleContainer({ name, essential: name === "app" }));
      const value = exampleTask({ clusterArn, containers, lastStatus: "PENDING", containerInstanceArn: instance });
      const expected = snapshot.get("task", arn)?.revision ?? 0;
      await server.store.commit([{ kind: "task", arn, expected, value }]);
    }
  });
  const report = async (name: string): Promise<Task | undefined> => {
    const { status, answer } = await sent("SubmitTaskStateChange", body(name));
    expect([status, answer]).toEqual([200, { acknowledgment: expect.stringMatching(/./) as string }]);
    return server.store.snapshot().get("task", reported(name))?.value;
  };
  const containerOf = (task: Task | undefined, name = "app") => task?.containers.find((each) => each.name === name);

  test("a container runs while its task is still PENDING", async () => {
    const task = await report("batched");
    expect(task).toMatchObject({ lastStatus: "PENDING", desiredStatus: "RUNNING" });
    expect(containerOf(task)).toMatchObject({
      lastStatus: "RUNNING",
      runtimeId: "e909b695…",
      networkBindings: [{ bindIP: "0.0.0.0", containerPort: 80, hostPort: 32768, protocol: "tcp" }],
    });
  });

  test("a container that is not essential may end", async () => {
    const task = await report("side-ended");
    expect(task).toMatchObject({ lastStatus: "RUNNING", desiredStatus: "RUNNING" });
    expect(containerOf(task, "side")).toMatchObject({ lastStatus: "STOPPED", exitCode: 7 });
  });

  test("an essential one ends the task, which stops with the next report", async () => {
    await report("batched");
    const task = await report("killed");
    expect(task).toMatchObject({
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      executionStoppedAt: 1_795_320_763_306,
    });
    expect(containerOf(task)).toMatchObject({ lastStatus: "STOPPED", exitCode: 137, runtimeId: "df615fa8…" });
    expect(await report("killed")).toBe(task); // the same again, a day later
  });

  test("executionStoppedAt may come while the task is RUNNING", async () => {
    expect(await report("ended-early")).toMatchObject({
      lastStatus: "RUNNING",
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      executionStoppedAt: 1_795_320_790_105,
    });
  });

  test("ranges of ports are kept as they are", async () => {
    expect(containerOf(await report("port-range"))?.networkBindings).toEqual([
      { bindIP: "0.0.0.0", containerPortRange: "8000-8003", hostPortRange: "32768-32771", protocol: "tcp" },
    ]);
  });

  test.each<[string, object, object]>([
    [
      "out-of-memory",
      { stopCode: "EssentialContainerExited" },
      { exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" },
    ],
    [
      "cannot-start",
      {
        stopCode: "TaskFailedToStart",
        stoppedReason: expect.stringMatching(/^CannotStartContainerError: .*"\/nope": stat \/nope: no such/) as string,
      },
      { runtimeId: "a26ff55c…" },
    ],
    [
      "dependency-failed",
      {
        stopCode: "TaskFailedToStart",
        stoppedReason: expect.stringMatching(/did not exit successfully\.$/) as string,
      },
      { exitCode: 143 },
    ],
    [
      "not-loadable",
      {
        stopCode: "TaskFailedToStart",
        stoppedReason: "UnrecogniedTaskError: Error loading task - invalid volume: empty volume configuration",
      },
      {},
    ],
    ["agent-managed", { executionStoppedAt: 1_795_320_043_361 }, { exitCode: 0 }],
  ])("%s: why it stopped", async (name, task, container) => {
    const after = await report(name);
    expect(after).toMatchObject({ lastStatus: "STOPPED", desiredStatus: "STOPPED", ...task });
    expect(containerOf(after)).toMatchObject({ lastStatus: "STOPPED", ...container });
  });

  test("one container twice in a report is taken in order", async () => {
    expect(containerOf(await report("dependency-failed"), "init")).toMatchObject({
      lastStatus: "STOPPED",
      exitCode: 1,
      runtimeId: "2baf872e…",
    });
  });

  test("a network interface is confirmed in a report without status or reason", async () => {
    const arn = reported("batched");
    const stored = server.store.snapshot().get("task", arn);
    if (stored === undefined) throw new Error("no task");
    const attachments = [
      { id: "e1", type: "ElasticNetworkInterface" as const, status: "PRECREATED" as const, details: [] },
    ];
    const value = { ...stored.value, attachments };
    await server.store.commit([{ kind: "task", arn, expected: stored.revision, value }]);
    const attachmentArn = "arn:aws:ecs:us-east-1:123456789012:attachment/demo/e1";
    const text = JSON.stringify({ cluster: "demo", task: arn, attachments: [{ attachmentArn, status: "ATTACHED" }] });
    expect((await sent("SubmitTaskStateChange", text)).status).toBe(200);
    expect(server.store.snapshot().get("task", arn)?.value).toMatchObject({
      lastStatus: "PENDING",
      attachments: [{ id: "e1", status: "ATTACHED" }],
    });
  });

  test("a report that was changed on its way is refused, and changes nothing", async () => {
    const before = server.store.snapshot().revision;
    const { status, answer } = await sent(
      "SubmitTaskStateChange",
      body("killed"),
      body("killed").replace("137", "100"),
    );
    expect([status, answer["__type"]]).toEqual([400, "InvalidSignatureException"]);
    expect(server.store.snapshot().revision).toBe(before);
  });

  test("a task that is not known any more is acknowledged, or the agent would go on for a day", async () => {
    const text = body("killed").replace(lastSegment(reported("killed")), "f".repeat(32));
    expect(await sent("SubmitTaskStateChange", text)).toMatchObject({
      status: 200,
      answer: { acknowledgment: expect.any(String) as string },
    });
  });
});
