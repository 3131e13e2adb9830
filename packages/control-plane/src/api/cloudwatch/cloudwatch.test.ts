import * as cw from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { clusterArn, serviceArn } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LogFilters } from "../../log-filters/log-filters.ts";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { MetricsStore } from "../../metrics/metrics-store.ts";
import { UtilizationMetrics } from "../../metrics/utilization-metrics.ts";
import { ManualClock } from "../../platform/clock.ts";
import { silentLogger } from "../../platform/logger.ts";
import { defaultSettings } from "../../settings.ts";
import type { MemoryStore } from "../../store/memory-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { logsService } from "../logs/service.ts";
import { cloudWatchService } from "./service.ts";

// Through the real client, over HTTP. The test server's clock stands at the start of 2026.
const now = Date.UTC(2026, 0, 1);
const minute = 60_000;
let server: RunningServer & { readonly store: MemoryStore };
let client: cw.CloudWatchClient;
let metrics: MetricsStore;
let utilization: UtilizationMetrics;
let logStore: MemoryLogStore;
beforeEach(async () => {
  metrics = new MetricsStore({
    path: ":memory:",
    clock: new ManualClock(now),
    logger: silentLogger,
    mostMetrics: 1100,
  });
  utilization = new UtilizationMetrics();
  logStore = new MemoryLogStore();
  server = await startTestServer({ services: [cloudWatchService({ metrics, utilization }), logsService(logStore)] });
  client = new cw.CloudWatchClient(clientOptions(server));
});
afterEach(async () => {
  client.destroy();
  await server.close();
  metrics.close();
  await logStore.close();
});

const put = (...MetricData: readonly Partial<cw.MetricDatum>[]) =>
  client.send(
    new cw.PutMetricDataCommand({
      Namespace: "shop",
      MetricData: MetricData.map((datum) => ({ MetricName: "requests", ...datum })),
    }),
  );
const at = (minutes: number) => new Date(now + minutes * minute);
const statistics = async (more: Partial<cw.GetMetricStatisticsCommandInput> = {}) => {
  const asked = { Namespace: "shop", MetricName: "requests", StartTime: at(-60), EndTime: at(60), Period: 60 };
  const input = { ...asked, Statistics: more.ExtendedStatistics ? undefined : (["Sum"] as cw.Statistic[]), ...more };
  return (await client.send(new cw.GetMetricStatisticsCommand(input))).Datapoints ?? [];
};
const refusal = (name: string, message: string | RegExp) =>
  expect.objectContaining({ name, message: typeof message === "string" ? message : expect.stringMatching(message) });

describe("PutMetricData", () => {
  test("takes values, values with counts, and statistic sets", async () => {
    await put(
      { Value: 3, Unit: "Count", Timestamp: at(-1) },
      { Values: [10, 20], Counts: [9, 1], Timestamp: at(0) },
      { Values: [1, 2], Timestamp: at(1) },
      { StatisticValues: { SampleCount: 4, Sum: 10, Minimum: 1, Maximum: 5 }, Timestamp: at(2) },
    );
    const all: cw.Statistic[] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
    expect(await statistics({ Statistics: all })).toEqual([
      { Timestamp: at(-1), SampleCount: 1, Average: 3, Sum: 3, Minimum: 3, Maximum: 3, Unit: "Count" },
      { Timestamp: at(0), SampleCount: 10, Average: 11, Sum: 110, Minimum: 10, Maximum: 20, Unit: "None" },
      { Timestamp: at(1), SampleCount: 2, Average: 1.5, Sum: 3, Minimum: 1, Maximum: 2, Unit: "None" },
      { Timestamp: at(2), SampleCount: 4, Average: 2.5, Sum: 10, Minimum: 1, Maximum: 5, Unit: "None" },
    ]);
    expect(await statistics({ ExtendedStatistics: ["p90", "p99"] })).toEqual([
      { Timestamp: at(-1), Unit: "Count", ExtendedStatistics: { p90: 3, p99: 3 } },
      { Timestamp: at(0), Unit: "None", ExtendedStatistics: { p90: 10, p99: 20 } },
      { Timestamp: at(1), Unit: "None", ExtendedStatistics: { p90: 2, p99: 2 } },
    ]);
    expect(await statistics({ Unit: "Count" })).toHaveLength(1);
  });

  test("takes a large, compressed body, and metrics of an entity", async () => {
    await put(
      ...Array.from({ length: 1000 }, (_, index) => ({
        Value: 1,
        Dimensions: [{ Name: "host", Value: `host-${index}` }],
      })),
    );
    const Metric = { MetricName: "of-entity", Value: 2 };
    await client.send(
      new cw.PutMetricDataCommand({
        Namespace: "shop",
        EntityMetricData: [{ Entity: { KeyAttributes: { Type: "Service", Name: "web" } }, MetricData: [Metric] }],
      }),
    );
    expect(await statistics({ Dimensions: [{ Name: "host", Value: "host-999" }] })).toMatchObject([{ Sum: 1 }]);
    expect(await statistics({ MetricName: "of-entity" })).toMatchObject([{ Sum: 2 }]);
  });

  const first = "MetricData.member.1";
  test.each<[string, Partial<cw.MetricDatum>, string, string | RegExp]>([
    [
      "nothing",
      {},
      "InvalidParameterCombinationException",
      /^At least one of the parameters MetricData.member.1.Value/,
    ],
    [
      "two of them",
      { Value: 1, StatisticValues: { SampleCount: 1, Sum: 1, Minimum: 1, Maximum: 1 } },
      "InvalidParameterCombinationException",
      `The parameters ${first}.Value and ${first}.StatisticValues are mutually exclusive and you have specified both.`,
    ],
    [
      "counts of another number",
      { Values: [1, 2], Counts: [1] },
      "InvalidParameterValueException",
      `The parameters ${first}.Values and ${first}.Counts must be of the same size.`,
    ],
    [
      "too many values",
      { Values: Array.from({ length: 151 }, (_, index) => index) },
      "InvalidParameterValueException",
      `The collection ${first}.Values must not have a size greater than 150.`,
    ],
    [
      "a huge value",
      { Value: 2 ** 361 },
      "InvalidParameterValueException",
      /for parameter MetricData.member.1.Value is invalid/,
    ],
    [
      "a count of nothing",
      { Values: [1], Counts: [0] },
      "InvalidParameterValueException",
      /Counts.member.1 is invalid/,
    ],
    [
      "an old time",
      { Value: 1, Timestamp: at(-14 * 24 * 60 - 1) },
      "InvalidParameterValueException",
      /member.1.Timestamp is invalid/,
    ],
    [
      "a time to come",
      { Value: 1, Timestamp: at(121) },
      "InvalidParameterValueException",
      /member.1.Timestamp is invalid/,
    ],
    [
      "a unit of its own",
      { Value: 1, Unit: "Apples" as "Count" },
      "InvalidParameterValueException",
      /^The parameter MetricData.member.1.Unit must be a value in the set \[ Seconds, /,
    ],
    [
      "no name",
      { Value: 1, MetricName: undefined },
      "MissingRequiredParameterException",
      "The parameter MetricData.member.1.MetricName is required.",
    ],
    [
      "too many dimensions",
      { Value: 1, Dimensions: Array.from({ length: 31 }, (_, index) => ({ Name: `d${index}`, Value: "v" })) },
      "InvalidParameterValueException",
      `The collection ${first}.Dimensions must not have a size greater than 30.`,
    ],
    [
      "a dimension twice",
      { Value: 1, Dimensions: ["a", "b"].map((Value) => ({ Name: "d", Value })) },
      "InvalidParameterValueException",
      /the same dimension name \(d\) twice/,
    ],
    [
      "a strange resolution",
      { Value: 1, StorageResolution: 5 },
      "InvalidParameterValueException",
      /StorageResolution is invalid/,
    ],
  ])("refuses %s", async (_what, datum, name, message) => {
    await expect(put({ Value: 1, MetricName: "good" }, {}).catch(() => put(datum))).rejects.toThrow(
      refusal(name, message),
    );
    expect([...metrics.metrics()]).toEqual([]); // nothing of a call that is refused is kept
  });

  test("refuses namespaces of AWS, more than a thousand, and what there is no room for", async () => {
    const MetricData = [{ MetricName: "m", Value: 1 }];
    await expect(client.send(new cw.PutMetricDataCommand({ Namespace: "AWS/ECS", MetricData }))).rejects.toThrow(
      refusal("InvalidParameterValueException", "The value AWS/ECS for parameter Namespace is invalid."),
    );
    await expect(client.send(new cw.PutMetricDataCommand({ Namespace: "shop" }))).rejects.toThrow(
      refusal("MissingRequiredParameterException", "The parameter MetricData is required."),
    );
    const many = (length: number, name: string) =>
      put(...Array.from({ length }, (_, index) => ({ Value: 1, MetricName: `${name}${index}` })));
    await expect(many(1001, "a")).rejects.toThrow("The collection MetricData must not have a size greater than 1000.");
    await many(1000, "b");
    await expect(many(101, "c")).rejects.toThrow(
      refusal(
        "LimitExceededFault",
        /^1 of 101 values are of new metrics, and there are as many metrics as there may be/,
      ),
    );
  });
});

describe("GetMetricStatistics", () => {
  test.each<[Partial<cw.GetMetricStatisticsCommandInput>, string, string | RegExp]>([
    [
      { Statistics: undefined },
      "MissingRequiredParameterException",
      /Must specify either Statistics or ExtendedStatistics/,
    ],
    [{ Statistics: ["Sum"], ExtendedStatistics: ["p9"] }, "InvalidParameterCombinationException", /mutually exclusive/],
    [
      { ExtendedStatistics: ["q9"] },
      "InvalidParameterValueException",
      /^The value q9 for parameter ExtendedStatistics is not supported/,
    ],
    [
      { Period: 61 },
      "InvalidParameterValueException",
      /^The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60/,
    ],
    [
      { EndTime: at(-60) },
      "InvalidParameterValueException",
      "The parameter StartTime must be less than the parameter EndTime.",
    ],
    [
      { StartTime: at(-1441), EndTime: at(0) },
      "InvalidParameterCombinationException",
      /^You have requested up to 1,441 datapoints, which exceeds the limit of 1,440/,
    ],
  ])("refuses %j", async (input, name, message) => {
    await expect(statistics(input)).rejects.toThrow(refusal(name, message));
  });

  test("says errors as the query protocol did, for clients of that time", async () => {
    const failed = await statistics({ Period: 61 }).catch((error: unknown) => error);
    expect((failed as { $response: { headers: Record<string, string> } }).$response.headers).toMatchObject({
      "x-amzn-query-error": "InvalidParameterValue;Sender",
    });
  });
});

describe("GetMetricData", () => {
  const query = (Id: string, more: Partial<cw.MetricStat> = {}, MetricName = "requests"): cw.MetricDataQuery => ({
    Id,
    MetricStat: { Metric: { Namespace: "shop", MetricName }, Period: 60, Stat: "Sum", ...more },
  });
  const ask = (MetricDataQueries: cw.MetricDataQuery[], more: Partial<cw.GetMetricDataCommandInput> = {}) =>
    client.send(new cw.GetMetricDataCommand({ MetricDataQueries, StartTime: at(-60), EndTime: at(60), ...more }));

  test("has the values of several metrics, newest first, page by page", async () => {
    for (let index = 0; index < 3; index++)
      await put({ Value: index, Timestamp: at(index) }, { Value: 5, MetricName: "b", Timestamp: at(index) });
    await put({ Value: 10, Unit: "Count", Timestamp: at(0) });
    const all = [
      query("a", { Stat: "p50" }),
      query("none", {}, "nothing"),
      query("b", { Period: 300, Stat: "SampleCount" }, "b"),
    ];
    const { MetricDataResults } = await ask(all);
    expect(MetricDataResults).toEqual([
      { Id: "a", Label: "requests", Timestamps: [at(2), at(1), at(0)], Values: [2, 1, 0], StatusCode: "Complete" },
      { Id: "none", Label: "nothing", Timestamps: [], Values: [], StatusCode: "Complete" },
      { Id: "b", Label: "b", Timestamps: [at(0)], Values: [3], StatusCode: "Complete" },
    ]);
    const input = {
      MetricDataQueries: all,
      StartTime: at(-60),
      EndTime: at(60),
      MaxDatapoints: 2,
      ScanBy: "TimestampAscending",
    } as const;
    const pages: (string | number)[][][] = [];
    for await (const page of cw.paginateGetMetricData({ client }, input)) {
      pages.push(
        (page.MetricDataResults ?? []).map(({ Id = "", Values = [], StatusCode = "Complete" }) => [
          Id,
          StatusCode,
          ...Values,
        ]),
      );
    }
    expect(pages).toEqual([
      [["a", "PartialData", 0, 1]],
      [
        ["a", "Complete", 2],
        ["none", "Complete"],
        ["b", "Complete", 3],
      ],
    ]);
  });

  test("reckons with what was measured", async () => {
    await put(
      { Value: 4, Timestamp: at(0) },
      { Value: 8, Timestamp: at(1) },
      { Value: 1, MetricName: "errors", Timestamp: at(1) },
    );
    const errors = { ...query("errors", {}, "errors"), ReturnData: false };
    const all = [
      { Id: "more", Expression: "rate + 1" },
      query("requests"),
      errors,
      { Id: "rate", Expression: "100 * errors / requests", Label: "Error rate" },
    ];
    expect((await ask(all, { ScanBy: "TimestampAscending" })).MetricDataResults).toEqual([
      { Id: "more", Label: "more", Timestamps: [at(1)], Values: [13.5], StatusCode: "Complete" },
      { Id: "requests", Label: "requests", Timestamps: [at(0), at(1)], Values: [4, 8], StatusCode: "Complete" },
      { Id: "rate", Label: "Error rate", Timestamps: [at(1)], Values: [12.5], StatusCode: "Complete" },
    ]);
  });

  test("leaves out what is not to be returned, and refuses what it cannot answer", async () => {
    expect((await ask([{ ...query("a"), ReturnData: false }])).MetricDataResults).toEqual([]);
    const expression = (Expression: string, Id = "e") => ({ Id, Expression });
    await expect(ask([query("a"), expression("RATE(a)")])).rejects.toThrow(/^Hatoba has \+ - \* \/ and parentheses/);
    await expect(ask([expression("a * 2")])).rejects.toThrow("Error in expression 'e' [Unknown query id: a]");
    await expect(ask([expression("f"), expression("-e", "f")])).rejects.toThrow(/It refers to itself/);
    await expect(ask([expression("1 + 1")])).rejects.toThrow(/is no time series/);
    await expect(ask([query("a"), query("a")])).rejects.toThrow(/are not unique/);
    await expect(ask([query("Upper")])).rejects.toThrow(/is not matching the expected pattern/);
    await expect(ask([{ Id: "e" }])).rejects.toThrow(/At least one of the parameters/);
    await expect(ask([query("a", { Stat: "median" })])).rejects.toThrow(/The value median for parameter/);
    await expect(ask([query("a")], { NextToken: "x" })).rejects.toThrow(
      refusal("InvalidNextToken", /NextToken is invalid/),
    );
    await expect(client.send(new cw.DescribeAlarmsCommand({}))).rejects.toThrow(
      refusal("UnsupportedOperationException", /^Hatoba has no alarms/),
    );
  });
});

test("ListMetrics filters by what is given, page by page", async () => {
  const dimension = (Value: string) => ({ Dimensions: [{ Name: "page", Value }], Value: 1 });
  await put(dimension("/"), dimension("/cart"), { MetricName: "errors", Value: 1 });
  const list = async (input: cw.ListMetricsCommandInput = {}) =>
    (await client.send(new cw.ListMetricsCommand(input))).Metrics?.map(({ MetricName, Dimensions = [] }) => [
      MetricName,
      ...Dimensions.map(({ Value }) => Value),
    ]);
  expect(await list()).toEqual([["errors"], ["requests", "/"], ["requests", "/cart"]]);
  expect(await list({ MetricName: "errors", RecentlyActive: "PT3H" })).toEqual([["errors"]]);
  expect(await list({ Namespace: "other" })).toEqual([]);
  expect(await list({ Dimensions: [{ Name: "page" }] })).toHaveLength(2);
  expect(await list({ Dimensions: [{ Name: "page", Value: "/cart" }] })).toEqual([["requests", "/cart"]]);
  await put(...Array.from({ length: 600 }, (_, index) => ({ MetricName: `m${index}`, Value: 1 })));
  const sizes: number[] = [];
  for await (const { Metrics = [] } of cw.paginateListMetrics({ client }, {})) sizes.push(Metrics.length);
  expect(sizes).toEqual([500, 103]);
  await expect(list({ NextToken: "x" })).rejects.toThrow(refusal("InvalidParameterValueException", /NextToken/));
});

test("utilisation of services and clusters is in AWS/ECS", async () => {
  const place = defaultSettings;
  const use = (used: number) => ({ used, available: 100 });
  const served = serviceArn(place, "default", "web");
  utilization.recordTasks(
    [
      { taskArn: "t1", serviceArn: served, cpuUnits: use(50), memoryMiB: use(10) },
      { taskArn: "t2", serviceArn: served, cpuUnits: use(100), memoryMiB: use(10) },
    ],
    now,
  );
  utilization.recordInstance(
    {
      containerInstanceArn: "i",
      clusterArn: clusterArn(place, "default"),
      cpuUnits: { used: 150, available: 1000 },
      memoryMiB: { used: 20, available: 1000 },
    },
    now,
  );
  const of = (MetricName: string, dimensions: Readonly<Record<string, string>>, more = {}) =>
    statistics({
      Namespace: "AWS/ECS",
      MetricName,
      Statistics: ["Average", "Maximum", "SampleCount"],
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      ...more,
    });
  const web = { ServiceName: "web", ClusterName: "default" };
  expect(await of("CPUUtilization", web)).toEqual([
    { Timestamp: at(0), Average: 75, Maximum: 100, SampleCount: 2, Unit: "Percent" },
  ]);
  expect(await of("MemoryUtilization", { ClusterName: "default" }, { Period: 300 })).toMatchObject([{ Average: 2 }]);
  expect(await of("CPUUtilization", { ClusterName: "other" })).toEqual([]);
  expect(await of("CPUUtilization", web, { Unit: "Count" })).toEqual([]);
  expect(await of("RunningTaskCount", web)).toEqual([]);
  const { Metrics } = await client.send(
    new cw.ListMetricsCommand({ Namespace: "AWS/ECS", MetricName: "CPUUtilization" }),
  );
  expect(Metrics?.map(({ Dimensions }) => Dimensions?.map(({ Value }) => Value))).toEqual([
    ["default", "web"],
    ["default"],
  ]);
});

test("what a metric filter finds in a log shows in its metric", async () => {
  const filters = new LogFilters({
    store: server.store,
    logStore,
    clock: new ManualClock(now),
    logger: silentLogger,
    owner: "000000000000",
    metrics,
    send: () => Promise.resolve(),
  });
  const logs = new CloudWatchLogsClient(clientOptions(server));
  const group = { logGroupName: "/shop" };
  await logs.send(new CreateLogGroupCommand(group));
  await logs.send(new CreateLogStreamCommand({ ...group, logStreamName: "s" }));
  const transformation = {
    metricName: "latency",
    metricNamespace: "shop",
    metricValue: "$.ms",
    unit: "Milliseconds",
    dimensions: { page: "$.page" },
  } as const;
  await logs.send(
    new PutMetricFilterCommand({
      ...group,
      filterName: "latency",
      filterPattern: "{ $.ms > 0 }",
      metricTransformations: [transformation],
    }),
  );
  const events = [10, 30, 0].map((ms) => ({ timestamp: now, message: JSON.stringify({ ms, page: "/" }) }));
  await logs.send(new PutLogEventsCommand({ ...group, logStreamName: "s", logEvents: events }));
  await expect
    .poll(
      () =>
        statistics({
          MetricName: "latency",
          Statistics: ["SampleCount", "Sum"],
          Dimensions: [{ Name: "page", Value: "/" }],
        }),
      { timeout: 10_000 },
    )
    .toEqual([{ Timestamp: at(0), SampleCount: 2, Sum: 40, Unit: "Milliseconds" }]);
  logs.destroy();
  filters.close();
});

test("ListTagsForResource knows nothing that could have tags", async () => {
  const tagsOf = (ResourceARN: string) => client.send(new cw.ListTagsForResourceCommand({ ResourceARN }));
  await expect(tagsOf("arn:aws:cloudwatch:us-east-1:000000000000:alarm:a")).rejects.toThrow(
    refusal("ResourceNotFoundException", /does not exist/),
  );
  await expect(tagsOf("arn:aws:ecs:us-east-1:000000000000:cluster/a")).rejects.toThrow(/ResourceARN is invalid/);
});
