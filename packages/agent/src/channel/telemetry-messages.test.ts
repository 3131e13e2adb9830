import { expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import type { TaskMetric } from "./control-plane.ts";
import { metricsMessages, statusMessage } from "./telemetry-messages.ts";

// As the genuine agent was seen to send them: agent protocol §4.3.
const publisher = {
  cluster: "demo",
  containerInstanceArn: "ci",
  newId: () => "id",
  clock: new ManualClock(1795318281751),
};
const metricOf = (number: number): TaskMetric => ({
  taskArn: `task-${number}`,
  taskDefinitionFamily: "demo-app",
  taskDefinitionVersion: "3",
  containerMetrics: [],
});
const source = (tasks: readonly TaskMetric[], isIdle = false) => ({
  start: () => () => undefined,
  isIdle: () => isIdle,
  takeMetrics: () => tasks,
});

test("without tasks the machine says that it is idle", () => {
  expect(JSON.stringify(metricsMessages(source([], true), publisher))).toBe(
    '[{"type":"PublishMetricsRequest","message":{"metadata":{"cluster":"demo","containerInstance":"ci","fin":true,"idle":true,"messageId":"id"},"timestamp":1795318281.751}}]',
  );
});

test("while nothing is measured yet, nothing is told", () => {
  expect(metricsMessages(source([]), publisher)).toEqual([]);
});

test("ten tasks go into a message, and the last one says so", () => {
  const messages = metricsMessages(source(Array.from({ length: 21 }, (_, number) => metricOf(number))), publisher);
  expect(
    (messages as { message: { metadata: { fin: boolean; idle: boolean }; taskMetrics: unknown[] } }[]).map(
      ({ message: { metadata, taskMetrics } }) => [metadata.fin, metadata.idle, taskMetrics.length],
    ),
  ).toEqual([
    [false, false, 10],
    [false, false, 10],
    [true, false, 1],
  ]);
});

test("the status of the engine goes with its times in seconds", () => {
  const status = {
    type: "ContainerRuntime",
    status: "OK",
    lastUpdated: 1795318281728,
    lastStatusChange: 1795318281728,
  } as const;
  expect(JSON.stringify(statusMessage([status], publisher))).toBe(
    '{"type":"PublishInstanceStatusRequest","message":{"metadata":{"cluster":"demo","containerInstance":"ci","requestId":"id"},"statuses":[{"lastStatusChange":1795318281.728,"lastUpdated":1795318281.728,"status":"OK","type":"ContainerRuntime"}],"timestamp":1795318281.751}}',
  );
});
