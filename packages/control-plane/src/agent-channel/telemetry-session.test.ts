import { type Connection, connectionPair } from "@hatoba/contract";
import { beforeEach, describe, expect, test } from "vitest";
import {
  exampleContainer,
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleTaskArn,
} from "../model/examples.ts";
import { ManualClock } from "../platform/clock.ts";
import { countingIds } from "../platform/ids.ts";
import { silentLogger } from "../platform/logger.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { until } from "../store/until.ts";
import { withHealth } from "./telemetry-health.ts";
import { readPublished, serveTelemetry } from "./telemetry-session.ts";

const taskArn = exampleTaskArn(1);
const healthOf = (container: string) =>
  store
    .snapshot()
    .get("task", taskArn)
    ?.value.containers.find(({ name }) => name === container)?.healthStatus;

let store: MemoryStore;
let clock: ManualClock;
let agent: Connection;
let answers: unknown[];
beforeEach(async () => {
  store = new MemoryStore();
  clock = new ManualClock();
  answers = [];
  const containers = [exampleContainer(), exampleContainer({ name: "side" })];
  await store.commit([{ kind: "task", arn: taskArn, expected: 0, value: exampleRunningTask({ containers }) }]);
  const [server, client] = connectionPair();
  agent = client;
  agent.onMessage((text) => answers.push(JSON.parse(text)));
  serveTelemetry(server, exampleContainerInstanceArn(), { store, clock, ids: countingIds(), logger: silentLogger });
  await turn();
  answers.length = 0; // the first heartbeat
});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const health = (containers: readonly object[], arn = taskArn) =>
  JSON.stringify({
    type: "PublishHealthRequest",
    message: {
      metadata: { cluster: "demo", containerInstance: "arn", fin: true, messageId: "158412c4" },
      tasks: [{ containers, taskArn: arn, taskDefinitionFamily: "demo-app", taskDefinitionVersion: "3" }],
      timestamp: 1795318361.729,
    },
  });
const sick = { containerName: "app", healthStatus: "UNHEALTHY", statusSince: 1795318356.704 };

describe("a message", () => {
  test.each([
    ["PublishMetricsRequest", "AckPublishMetric"],
    ["PublishHealthRequest", "AckPublishHealth"],
    ["PublishInstanceStatusRequest", "AckPublishInstanceStatus"],
  ])("%s is answered with %s", async (type, answer) => {
    agent.send(JSON.stringify({ type, message: {} }));
    await turn();
    expect(answers).toEqual([{ type: answer, message: { message: "ok" } }]);
  });

  test("is read with the signed headers before it, and without", () => {
    // Source: agent protocol, section 4.1.
    const head =
      "Authorization: AWS4-HMAC-SHA256 Credential=AKID/…\r\nHost: 127.0.0.1:18881\r\nX-Amz-Date: 20260101T000000Z\r\n\r\n";
    const expected = { type: "PublishMetricsRequest", message: {} };
    expect(readPublished(head + JSON.stringify(expected))).toEqual(expected);
    expect(readPublished(JSON.stringify(expected))).toEqual(expected);
  });

  test.each([
    "",
    "Host: x\r\n\r\n",
    "Host: x",
    "{}",
    "null",
    '{"type":"Nonsense","message":{}}',
    '{"type":"PublishHealthRequest"}',
  ])("%j is left aside", async (text) => {
    agent.send(text);
    await turn();
    expect(answers).toEqual([]);
  });

  test.each<[string, string]>([
    ["tasks that are none", JSON.stringify({ type: "PublishHealthRequest", message: { tasks: [null, 1, {}] } })],
    ["containers that are none", health([null, 1, {}] as unknown as object[])],
    ["a health that there is not", health([{ containerName: "app", healthStatus: "FINE" }])],
    ["an unknown task", health([sick], exampleTaskArn(9))],
  ])("with %s changes nothing, and the connection goes on", async (_case, text) => {
    agent.send(text);
    await turn();
    expect(healthOf("app")).toBeUndefined();
    agent.send(health([sick]));
    await until(store, () => healthOf("app") === "UNHEALTHY");
  });
});

describe("what the genuine agent was seen to publish", () => {
  // Source: agent protocol, sections 4.1 and 4.3; identifiers filled in, longer sets of figures left out.
  const about = `"cluster":"demo","containerInstance":"${exampleContainerInstanceArn()}"`;
  const frames = {
    idle: `{"type":"PublishMetricsRequest","message":{"metadata":{${about},"fin":true,"idle":true,"messageId":"edbb3444-0000-4000-8000-000000000000"},"timestamp":1795318281.751}}`,
    metrics: `{"type":"PublishMetricsRequest","message":{"metadata":{${about},"fin":true,"idle":false,"messageId":"2e92096e-0000-4000-8000-000000000000"},"taskMetrics":[{"containerMetrics":[{"containerName":"app","cpuStatsSet":{"max":1.587489366531372,"min":0.06308531761169434,"sampleCount":9,"sum":5.820887595415115},"memoryStatsSet":{"max":0,"min":0,"sampleCount":10,"sum":0},"networkStatsSet":{"rxBytes":{"max":806,"min":310,"overflowMax":0,"overflowMin":0,"overflowSum":0,"sampleCount":10,"sum":6804},"rxBytesPerSecond":{"max":174.05,"min":0,"sampleCount":9,"sum":491.57}}}],"taskArn":"${taskArn}","taskDefinitionFamily":"demo-app","taskDefinitionVersion":"3"}],"timestamp":1795318361.735}}`,
    health: `{"type":"PublishHealthRequest","message":{"metadata":{${about},"fin":true,"messageId":"158412c4-0000-4000-8000-000000000000"},"tasks":[{"containers":[{"containerName":"app","healthStatus":"UNHEALTHY","statusSince":1795318356.704}],"taskArn":"${taskArn}","taskDefinitionFamily":"demo-app","taskDefinitionVersion":"3"}],"timestamp":1795318361.729}}`,
    status: `{"type":"PublishInstanceStatusRequest","message":{"metadata":{${about},"requestId":"369c8fbd-0000-4000-8000-000000000000"},"statuses":[{"lastStatusChange":1795318281.728,"lastUpdated":1795318281.728,"status":"INITIALIZING","type":"ContainerRuntime"}],"timestamp":1795318301.751}}`,
  };
  const authorization =
    "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host;x-amz-date, Signature=00";
  const [host, date] = ["Host: 127.0.0.1:18881", "X-Amz-Date: 20260101T000000Z"];
  const heads = {
    "bare, as older agents": "",
    "behind its headers": `${[authorization, host, date].join("\r\n")}\r\n\r\n`,
    "behind its headers in another order, with a token": `${[date, "X-Amz-Security-Token: {t}", host, authorization].join("\r\n")}\r\n\r\n`,
  };

  test.each(Object.entries(heads))("%s", async (_case, head) => {
    for (const frame of [frames.idle, frames.metrics, frames.health, frames.status]) agent.send(head + frame);
    await until(store, () => healthOf("app") === "UNHEALTHY");
    await turn();
    expect(answers).toEqual(
      ["AckPublishMetric", "AckPublishMetric", "AckPublishHealth", "AckPublishInstanceStatus"].map((type) => ({
        type,
        message: { message: "ok" },
      })),
    );
  });
});

describe("health", () => {
  test("is kept container by container", async () => {
    agent.send(health([sick]));
    await until(store, () => healthOf("app") === "UNHEALTHY");
    expect(healthOf("side")).toBeUndefined();
  });

  test("of a task on another container instance is not believed", async () => {
    const elsewhere = { ...exampleRunningTask(), containerInstanceArn: exampleContainerInstanceArn(2) };
    await store.commit([{ kind: "task", arn: exampleTaskArn(2), expected: 0, value: elsewhere }]);
    agent.send(health([sick], exampleTaskArn(2)));
    await turn();
    expect(store.snapshot().get("task", exampleTaskArn(2))?.value).toBe(elsewhere);
  });

  test("that is known already writes nothing", () => {
    const task = exampleRunningTask({ containers: [exampleContainer({ healthStatus: "HEALTHY" })] });
    expect(withHealth(task, new Map([["app", "HEALTHY"]]))).toBe(task);
    expect(withHealth({ ...task, lastStatus: "STOPPED" }, new Map([["app", "UNHEALTHY"]])).containers).toBe(
      task.containers,
    );
  });
});

test("there is a heartbeat every thirty seconds, until the connection ends", async () => {
  clock.advance(30_000);
  clock.advance(30_000);
  await turn();
  expect(answers).toEqual(Array.from({ length: 2 }, () => ({ type: "HeartbeatMessage", message: { healthy: true } })));
  agent.close(1000, "");
  await turn();
  clock.advance(60_000);
  await turn();
  expect(answers).toHaveLength(2);
});
