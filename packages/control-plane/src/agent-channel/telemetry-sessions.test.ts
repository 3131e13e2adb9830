import { type Connection, connectionPair } from "@hatoba/contract";
import { beforeEach, describe, expect, test } from "vitest";
import { UtilizationMetrics } from "../metrics/utilization-metrics.ts";
import {
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleManagedInstance,
  exampleRunningTask,
  exampleServiceArn,
  exampleTaskArn,
} from "../model/examples.ts";
import { managedInstanceKey } from "../model/managed-instance.ts";
import { ManualClock } from "../platform/clock.ts";
import { countingIds } from "../platform/ids.ts";
import { silentLogger } from "../platform/logger.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { until } from "../store/until.ts";
import { update } from "../store/update.ts";
import { TelemetrySessions } from "./telemetry-sessions.ts";
import { withStatus } from "./telemetry-status.ts";

const instanceArn = exampleContainerInstanceArn();
let store: MemoryStore;
let clock: ManualClock;
let metrics: UtilizationMetrics;
let sessions: TelemetrySessions;
beforeEach(async () => {
  store = new MemoryStore();
  clock = new ManualClock();
  metrics = new UtilizationMetrics();
  sessions = new TelemetrySessions({ store, clock, ids: countingIds(), logger: silentLogger, metrics });
  await store.commit([
    { kind: "containerInstance", arn: instanceArn, expected: 0, value: exampleContainerInstance() },
    { kind: "task", arn: exampleTaskArn(1), expected: 0, value: exampleRunningTask() },
  ]);
});
/** A message arrives, and then it is its turn. */
const turn = async () => {
  for (let each = 0; each < 2; each++) await new Promise<void>((resolve) => setImmediate(resolve));
};

function connect(): { readonly connection: Connection; closed?: readonly [number, string] } {
  const [server, connection] = connectionPair();
  const agent: { connection: Connection; closed?: readonly [number, string] } = { connection };
  connection.onMessage(() => {});
  connection.onClose((code, reason) => {
    agent.closed = [code, reason];
  });
  sessions.open(server, instanceArn);
  return agent;
}

describe("a connection", () => {
  test("is closed for a newer one", async () => {
    const [older, newer] = [connect(), connect()];
    await turn();
    expect([older.closed?.[0], newer.closed]).toEqual([4001, undefined]);
  });

  test("is closed when the instance is deregistered", async () => {
    const agent = connect();
    await update(store, "containerInstance", instanceArn, (instance) => ({ ...instance, status: "INACTIVE" as const }));
    await turn();
    expect(agent.closed).toEqual([4000, "InactiveInstanceException: Container instance is deregistered."]);
  });

  test("is closed when the machine's key is taken away", async () => {
    const machine = exampleManagedInstance();
    const key = managedInstanceKey(machine.instanceId);
    await update(store, "containerInstance", instanceArn, (of) => ({ ...of, ec2InstanceId: machine.instanceId }));
    await store.commit([{ kind: "managedInstance", arn: key, expected: 0, value: machine }]);
    const agent = connect();
    await update(store, "managedInstance", key, (of) => ({ ...of, revokedAt: 1 }));
    await turn();
    expect(agent.closed).toEqual([4000, "InactiveInstanceException: The machine is deregistered."]);
  });

  test("is not closed while an agent may have it, and is when it is older than any agent's", async () => {
    const agent = connect();
    clock.advance(36 * 60_000);
    await turn();
    expect(agent.closed).toBeUndefined();
    clock.advance(24 * 60_000);
    await turn();
    expect(agent.closed?.[0]).toBe(1001);
  });

  test("of an older agent may begin with StartTelemetrySessionRequest", async () => {
    const agent = connect();
    agent.connection.send('{"type":"StartTelemetrySessionRequest","message":{"cluster":"c","containerInstance":"i"}}');
    await turn();
    expect(agent.closed).toBeUndefined();
  });
});

describe("metrics", () => {
  /** As the genuine agent's, section 4.3: per cent of the whole machine, MiB; sums over samples. */
  const measured = (taskMetrics: unknown, metadata: object = {}) =>
    JSON.stringify({
      type: "PublishMetricsRequest",
      message: { metadata, taskMetrics, timestamp: 1795318361.735 },
    });
  const ofTask = (arn: string, more: object = {}) => ({
    taskArn: arn,
    containerMetrics: [
      {
        containerName: "app",
        cpuStatsSet: { max: 1.6, min: 0.1, sampleCount: 8, sum: 25 },
        memoryStatsSet: { max: 300, min: 200, sampleCount: 10, sum: 2560 },
        ...more,
      },
    ],
  });
  const average = (arn: string, metric: "CPUUtilization" | "MemoryUtilization") =>
    metrics.query(arn, metric, 0, clock.now() + 60_000).map(({ sum, sampleCount }) => sum / sampleCount);

  test("become the utilisation of the service and the cluster", async () => {
    connect().connection.send(measured([ofTask(exampleTaskArn(1))]));
    await turn();
    // 3.125 % of 4096 units are 128 of the 256 that it reserves; 256 of 512 MiB.
    expect(average(exampleServiceArn, "CPUUtilization")).toEqual([50]);
    expect(average(exampleServiceArn, "MemoryUtilization")).toEqual([50]);
    expect(average(exampleClusterArn, "CPUUtilization")).toEqual([3.125]);
    expect(average(exampleClusterArn, "MemoryUtilization")).toEqual([1.5625]);
  });

  test("of many tasks come in parts, and count for the cluster together", async () => {
    await store.commit([{ kind: "task", arn: exampleTaskArn(2), expected: 0, value: exampleRunningTask() }]);
    const { connection } = connect();
    connection.send(measured([ofTask(exampleTaskArn(1))], { fin: false }));
    connection.send(measured([ofTask(exampleTaskArn(2))], { fin: true }));
    await turn();
    expect(average(exampleClusterArn, "CPUUtilization")).toEqual([6.25]);
    expect(average(exampleServiceArn, "CPUUtilization")).toEqual([50]);
  });

  test("of an idle machine are a cluster's all the same, those of Fargate's capacity are no cluster's", async () => {
    connect().connection.send(measured(undefined));
    await turn();
    expect(average(exampleClusterArn, "CPUUtilization")).toEqual([0]);
    clock.advance(60_000);
    await update(store, "containerInstance", instanceArn, (of) => ({ ...of, capacity: "FARGATE" as const }));
    connect().connection.send(measured([ofTask(exampleTaskArn(1))]));
    await turn();
    expect(average(exampleClusterArn, "CPUUtilization")).toEqual([0]);
    expect(average(exampleServiceArn, "CPUUtilization")).toEqual([50]);
  });

  test.each<[string, unknown]>([
    ["of a task that is elsewhere", [ofTask(exampleTaskArn(9))]],
    ["that are no list", "x"],
    ["of nothing", [null, 1, {}]],
  ])("%s are no service's", async (_what, taskMetrics) => {
    connect().connection.send(measured(taskMetrics));
    await turn();
    expect(average(exampleServiceArn, "CPUUtilization")).toEqual([]);
  });

  test("that are no numbers count as none", async () => {
    const odd = { cpuStatsSet: { sum: "x", sampleCount: 0 }, memoryStatsSet: { sum: 1, sampleCount: 0 } };
    connect().connection.send(measured([ofTask(exampleTaskArn(1), odd)]));
    await turn();
    expect(average(exampleServiceArn, "CPUUtilization")).toEqual([0]);
    expect(average(exampleServiceArn, "MemoryUtilization")).toEqual([0]);
  });
});

describe("what a machine says of itself", () => {
  const status = (status: string, since = 1_795_318_281.728) =>
    JSON.stringify({
      type: "PublishInstanceStatusRequest",
      message: {
        statuses: [
          null,
          { type: "Unheard", status, lastUpdated: since },
          { type: "constructor", status, lastUpdated: since },
          { type: "ContainerRuntime", status, lastUpdated: since, lastStatusChange: since },
        ],
      },
    });
  const health = () => store.snapshot().get("containerInstance", instanceArn)?.value.health;

  test("is kept, as far as it is known", async () => {
    const { connection } = connect();
    connection.send(status("OK"));
    await until(store, () => health() !== undefined);
    const at = 1_795_318_281_728;
    expect(health()).toEqual([{ type: "CONTAINER_RUNTIME", status: "OK", lastUpdated: at, lastStatusChange: at }]);
    connection.send(status("FINE"));
    connection.send(status("IMPAIRED", at / 1000 + 60));
    await until(store, () => health()?.[0]?.status === "IMPAIRED");
  });

  test("is not written again while nothing changes", () => {
    const said = { type: "CONTAINER_RUNTIME", status: "OK", lastUpdated: 1, lastStatusChange: 1 } as const;
    const instance = exampleContainerInstance({ health: [said] });
    expect(withStatus(instance, [{ ...said, lastUpdated: 2 }])).toBe(instance);
  });
});
