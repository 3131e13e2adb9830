import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Delivery } from "../events/delivery.ts";
import { MemoryLogStore } from "../log-store/memory-log-store.ts";
import type { MetricDatum } from "../metrics/metric-sink.ts";
import {
  type MetricFilter,
  metricFilterKey,
  type SubscriptionFilter,
  subscriptionFilterKey,
} from "../model/log-filter.ts";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { LogFilters } from "./log-filters.ts";
import { sendToDestination } from "./send-to-destination.ts";
import type { SubscriptionMessage } from "./subscription-payload.ts";

const now = Date.UTC(2026, 0, 1);
const group = "/app";
let clock: ManualClock;
let store: MemoryStore;
let logStore: MemoryLogStore;
let filters: LogFilters;
let measured: MetricDatum[];
let sent: { readonly delivery: Delivery; readonly message: SubscriptionMessage }[];
let whenSent: () => void;
let failures: number;

const read = (body: string): SubscriptionMessage => {
  const { awslogs } = JSON.parse(body) as { awslogs: { data: string } };
  return JSON.parse(gunzipSync(Buffer.from(awslogs.data, "base64")).toString()) as SubscriptionMessage;
};

beforeEach(async () => {
  [clock, store, logStore] = [new ManualClock(now), new MemoryStore(), new MemoryLogStore()];
  [measured, sent, failures, whenSent] = [[], [], 0, () => undefined];
  filters = new LogFilters({
    store,
    logStore,
    clock,
    logger: silentLogger,
    owner: "000000000000",
    metrics: { put: (data) => void measured.push(...data) },
    async send(delivery, input) {
      if (failures-- > 0) throw new Error("no");
      sent.push({ delivery, message: read(input) });
      whenSent();
    },
  });
  await logStore.createGroup({ name: group, createdAt: now, tags: {} });
  await logStore.createStream(group, "s", now);
});
afterEach(async () => {
  filters.close();
  await logStore.close();
  await store.close();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
const append = async (...messages: readonly string[]) => {
  await logStore.append(
    group,
    "s",
    messages.map((message, at) => ({ timestamp: now + at, message })),
    now,
  );
  await turn();
  await turn();
};
const putMetric = (more: Partial<MetricFilter>) => {
  const value = {
    logGroupName: group,
    name: "m",
    pattern: "",
    metricName: "n",
    metricNamespace: "ns",
    metricValue: "1",
    createdAt: now,
    ...more,
  };
  return store.commit([{ kind: "metricFilter", arn: metricFilterKey(group, value.name), expected: 0, value }]);
};
const putSubscription = (more: Partial<SubscriptionFilter> = {}) => {
  const value: SubscriptionFilter = {
    logGroupName: group,
    name: "to-it",
    pattern: "",
    destinationArn: "https://example.org/x",
    distribution: "ByLogStream",
    createdAt: now,
    ...more,
  };
  return store.commit([
    { kind: "subscriptionFilter", arn: subscriptionFilterKey(group, value.name), expected: 0, value },
  ]);
};
const nextSent = () =>
  new Promise<void>((resolve) => {
    whenSent = resolve;
  });

describe("metric filters", () => {
  test("count what matches, from when they are there to when they are gone", async () => {
    await append("ERROR before");
    await putMetric({ pattern: "ERROR", unit: "Count" });
    await append("ERROR one", "INFO", "ERROR two");
    expect(measured).toEqual([
      { namespace: "ns", name: "n", dimensions: {}, timestamp: now, value: 1, unit: "Count" },
      { namespace: "ns", name: "n", dimensions: {}, timestamp: now + 2, value: 1, unit: "Count" },
    ]);
    const arn = metricFilterKey(group, "m");
    const { revision } = store.snapshot().get("metricFilter", arn) ?? { revision: 0 };
    await store.commit([{ kind: "metricFilter", arn, expected: revision, value: null }]);
    await append("ERROR after");
    expect(measured).toHaveLength(2);
  });

  test("take values and dimensions off JSON; what has none says nothing", async () => {
    await putMetric({ pattern: "{ $.latency > 0 }", metricValue: "$.latency", dimensions: { Path: "$.path" } });
    await append('{"latency":2.5,"path":"/a"}', '{"latency":3}', '{"latency":"1e2","path":"/b"}');
    expect(measured.map(({ value, dimensions }) => [value, dimensions])).toEqual([
      [2.5, { Path: "/a" }],
      [100, { Path: "/b" }],
    ]);
  });

  test("take values off fields", async () => {
    await putMetric({ pattern: "[ip, ..., bytes]", metricValue: "$bytes", dimensions: { Ip: "$ip" } });
    await append("10.0.0.1 GET 512", "10.0.0.2 GET -");
    expect(measured.map(({ value, dimensions }) => [value, dimensions])).toEqual([[512, { Ip: "10.0.0.1" }]]);
  });

  test("say their default value of a minute in which events came and none matched", async () => {
    await putMetric({ pattern: "ERROR", defaultValue: 0 });
    await append("INFO");
    await append("INFO");
    clock.advance(60_000);
    expect(measured.map(({ value, timestamp }) => [value, timestamp])).toEqual([[0, now]]);
    await append("INFO", "ERROR");
    clock.advance(60_000);
    expect(measured.map(({ value }) => value)).toEqual([0, 1]);
    clock.advance(600_000);
    expect(measured).toHaveLength(2);
  });
});

test("a large batch and many filters hold up nobody", async () => {
  for (let at = 0; at < 10; at++)
    await putMetric({ name: `m${at}`, pattern: `{ $.level = "ERROR" && $.at != ${at} }` });
  const lines = Array.from({ length: 1_000 }, (_, at) => JSON.stringify({ level: "ERROR", at, text: "x".repeat(300) }));
  await append(...lines);
  let turns = 0;
  for (; measured.length === 0; turns++) await turn();
  expect(turns).toBeGreaterThan(2);
  expect(measured).toHaveLength(10 * 1_000 - 10);
});

describe("subscription filters", () => {
  test("send what matches, together and in order", async () => {
    await putSubscription({ pattern: "ERROR" });
    await append("ERROR 1", "INFO");
    await append("ERROR 2");
    const arrived = nextSent();
    clock.advance(100);
    await arrived;
    expect(sent[0]?.delivery.target.Arn).toBe("https://example.org/x");
    expect(sent[0]?.message).toEqual({
      messageType: "DATA_MESSAGE",
      owner: "000000000000",
      logGroup: group,
      logStream: "s",
      subscriptionFilters: ["to-it"],
      logEvents: [
        { id: expect.stringMatching(/^\d{56}$/) as string, timestamp: now, message: "ERROR 1" },
        { id: expect.stringMatching(/^\d{56}$/) as string, timestamp: now, message: "ERROR 2" },
      ],
    });
  });

  test("send again what did not arrive", async () => {
    failures = 1;
    await putSubscription();
    await append("one");
    const arrived = nextSent();
    clock.advance(100);
    while (failures > 0) await turn();
    await turn();
    clock.advance(1_000);
    await arrived;
    expect(sent.map(({ message }) => message.logEvents.map(({ message: text }) => text))).toEqual([["one"]]);
  });

  test("send in order, however long it takes to compress what comes first", async () => {
    await putSubscription();
    const long = randomBytes(400_000).toString("hex"); // is a batch of its own
    await append(long);
    await append("short");
    clock.advance(100);
    while (sent.length < 2) await turn();
    expect(sent.map(({ message }) => message.logEvents[0]?.message.slice(0, 5))).toEqual([long.slice(0, 5), "short"]);
  });

  test("a filter without anything that matches sends nothing", async () => {
    await putSubscription({ pattern: "ERROR" });
    await append("INFO");
    clock.advance(1_000);
    await turn();
    expect(sent).toEqual([]);
  });
});

test("an address is called with the body, and says by its answer whether to try again", async () => {
  const bodies: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      bodies.push(body);
      response.writeHead(status).end();
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const Arn = `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs?key=secret`;
  const send = sendToDestination(async () => undefined);
  const delivery = { target: { Id: "x", Arn } } as Delivery;
  await send(delivery, "body");
  expect(bodies).toEqual(["body"]);
  status = 503;
  await expect(send(delivery, "x")).rejects.toMatchObject({ retriable: true });
  status = 400;
  await expect(send(delivery, "x")).rejects.toMatchObject({ retriable: false });
  await new Promise((resolve) => server.close(resolve));
  await expect(send(delivery, "x")).rejects.toMatchObject({
    retriable: true,
    message: expect.not.stringContaining("secret") as string,
  });
});
