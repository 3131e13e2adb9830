import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Killable, startControlPlane } from "./killable-control-plane.ts";

let directory: string;
const started: Killable[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hatoba-metrics-"));
});
afterEach(async () => {
  for (const each of started.splice(0)) await each.kill();
  rmSync(directory, { recursive: true, force: true });
});

type House = Awaited<ReturnType<typeof startControlPlane>>;

async function errorsOf({ options }: House): Promise<number> {
  const client = new CloudWatchClient(options);
  const now = Date.now();
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: "shop",
      MetricName: "errors",
      StartTime: new Date(now - 3_600_000),
      EndTime: new Date(now + 60_000),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  client.destroy();
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}

async function write({ options }: House, messages: readonly string[]): Promise<void> {
  const logs = new CloudWatchLogsClient(options);
  const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
  await logs.send(new PutLogEventsCommand({ logGroupName: "/shop", logStreamName: "s", logEvents }));
  logs.destroy();
}

test("what a metric filter counted is there after a kill, and the filter counts on", async () => {
  const first = await startControlPlane(directory, started);
  const logs = new CloudWatchLogsClient(first.options);
  const group = { logGroupName: "/shop" };
  await logs.send(new CreateLogGroupCommand(group));
  await logs.send(new CreateLogStreamCommand({ ...group, logStreamName: "s" }));
  const metricTransformations = [{ metricName: "errors", metricNamespace: "shop", metricValue: "1" }];
  await logs.send(
    new PutMetricFilterCommand({ ...group, filterName: "errors", filterPattern: "ERROR", metricTransformations }),
  );
  logs.destroy();
  await write(first, ["ERROR one", "fine", "ERROR two"]);
  await expect.poll(() => errorsOf(first), { timeout: 30_000 }).toBe(2); // what was answered is written down
  await first.kill();

  const second = await startControlPlane(directory, started);
  expect(await errorsOf(second)).toBe(2);
  await write(second, ["ERROR three"]);
  await expect.poll(() => errorsOf(second), { timeout: 30_000 }).toBe(3);
});
