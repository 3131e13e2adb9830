import * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { logsService } from "./service.ts";

// Records beside the events: filters, kept queries, policies. Source: CloudWatch Logs API reference.
const now = Date.UTC(2026, 0, 1);
const logGroupName = "/app";
let logStore: MemoryLogStore;
let server: RunningServer;
let logs: sdk.CloudWatchLogsClient;
beforeEach(async () => {
  logStore = new MemoryLogStore();
  server = await startTestServer({ services: [logsService(logStore)] });
  logs = new sdk.CloudWatchLogsClient(clientOptions(server));
  await logs.send(new sdk.CreateLogGroupCommand({ logGroupName }));
});
afterEach(async () => {
  logs.destroy();
  await server.close();
  await logStore.close();
});
const said = (call: Promise<unknown>) =>
  call.then(
    () => "nothing",
    (error: Error) => `${error.name}: ${error.message}`,
  );

const transformation = { metricName: "errors", metricNamespace: "app", metricValue: "1" };
const putMetric = (more: Partial<sdk.PutMetricFilterCommandInput> = {}) =>
  logs.send(
    new sdk.PutMetricFilterCommand({
      logGroupName,
      filterName: "f",
      filterPattern: "ERROR",
      metricTransformations: [transformation],
      ...more,
    }),
  );
const putSubscription = (more: Partial<sdk.PutSubscriptionFilterCommandInput> = {}) =>
  logs.send(
    new sdk.PutSubscriptionFilterCommand({
      logGroupName,
      filterName: "s",
      filterPattern: "",
      destinationArn: "https://example.org/logs",
      ...more,
    }),
  );

describe("metric filters", () => {
  test("are described as they were put, and are gone with their group", async () => {
    await putMetric({ metricTransformations: [{ ...transformation, defaultValue: 0, unit: "Count" }] });
    await putMetric({
      filterName: "g",
      filterPattern: "{ $.a = 1 }",
      metricTransformations: [{ ...transformation, metricValue: "$.b", dimensions: { C: "$.c" }, unit: "None" }],
    });
    const described = await logs.send(new sdk.DescribeMetricFiltersCommand({ logGroupName }));
    expect(described.metricFilters).toEqual([
      {
        filterName: "f",
        filterPattern: "ERROR",
        metricTransformations: [{ ...transformation, defaultValue: 0, unit: "Count" }],
        creationTime: now,
        logGroupName,
        applyOnTransformedLogs: false,
      },
      {
        filterName: "g",
        filterPattern: "{ $.a = 1 }",
        metricTransformations: [{ ...transformation, metricValue: "$.b", dimensions: { C: "$.c" }, unit: "None" }],
        creationTime: now,
        logGroupName,
        applyOnTransformedLogs: false,
      },
    ]);
    const { logGroups } = await logs.send(new sdk.DescribeLogGroupsCommand({}));
    expect(logGroups?.[0]?.metricFilterCount).toBe(2);
    const named = { metricName: "errors", metricNamespace: "app" };
    expect((await logs.send(new sdk.DescribeMetricFiltersCommand({ ...named, limit: 1 }))).metricFilters).toHaveLength(
      1,
    );
    await logs.send(new sdk.DeleteMetricFilterCommand({ logGroupName, filterName: "f" }));
    expect(await said(logs.send(new sdk.DeleteMetricFilterCommand({ logGroupName, filterName: "f" })))).toBe(
      "ResourceNotFoundException: The specified metric filter does not exist.",
    );
    await logs.send(new sdk.DeleteLogGroupCommand({ logGroupName }));
    await logs.send(new sdk.CreateLogGroupCommand({ logGroupName }));
    expect((await logs.send(new sdk.DescribeMetricFiltersCommand({ logGroupName }))).metricFilters).toEqual([]);
  });

  test.each<[string, Partial<sdk.PutMetricFilterCommandInput>, string]>([
    ["a pattern", { filterPattern: "[a" }, "InvalidParameterException: Invalid filter pattern"],
    ["a value", { metricTransformations: [{ ...transformation, metricValue: "x" }] }, "InvalidParameterException"],
    [
      "a field that the pattern does not have",
      { filterPattern: "[ip, rest]", metricTransformations: [{ ...transformation, metricValue: "$bytes" }] },
      "InvalidParameterException: Invalid metric transformation: the filter pattern has no $bytes",
    ],
    [
      "dimensions beside a default value",
      {
        filterPattern: "{ $.a = 1 }",
        metricTransformations: [{ ...transformation, defaultValue: 1, dimensions: { A: "$.a" } }],
      },
      "InvalidParameterException",
    ],
    ["a group", { logGroupName: "none" }, "ResourceNotFoundException"],
  ])("%s that does not fit is refused", async (_case, input, expected) => {
    expect(await said(putMetric(input))).toContain(expected);
  });

  test("with regular expressions there are five of one group, with two each", async () => {
    for (let at = 0; at < 5; at++) await putMetric({ filterName: `f${at}`, filterPattern: "%a%" });
    await putMetric({ filterName: "f4", filterPattern: "%b%" });
    expect(await said(putMetric({ filterName: "f5", filterPattern: "%a%" }))).toMatch(/^LimitExceededException/);
  });

  test("are tried on texts", async () => {
    const { matches } = await logs.send(
      new sdk.TestMetricFilterCommand({
        filterPattern: "[..., status=4*, bytes]",
        logEventMessages: ["GET /a 200 1", "GET /b 404 2"],
      }),
    );
    expect(matches).toEqual([
      {
        eventNumber: 2,
        eventMessage: "GET /b 404 2",
        extractedValues: { $1: "GET", $2: "/b", $status: "404", $bytes: "2" },
      },
    ]);
  });
});

describe("subscription filters", () => {
  test("are described as they were put; a group has two", async () => {
    await putSubscription();
    await putSubscription({ filterName: "t", distribution: "Random" });
    await putSubscription({ filterPattern: "ERROR" });
    expect(await said(putSubscription({ filterName: "u" }))).toBe("LimitExceededException: Resource limit exceeded.");
    const { subscriptionFilters } = await logs.send(new sdk.DescribeSubscriptionFiltersCommand({ logGroupName }));
    expect(subscriptionFilters).toEqual([
      {
        filterName: "s",
        logGroupName,
        filterPattern: "ERROR",
        destinationArn: "https://example.org/logs",
        distribution: "ByLogStream",
        applyOnTransformedLogs: false,
        creationTime: now,
      },
      expect.objectContaining({ filterName: "t", distribution: "Random" }),
    ]);
    await logs.send(new sdk.DeleteSubscriptionFilterCommand({ logGroupName, filterName: "s" }));
    expect(await said(logs.send(new sdk.DeleteSubscriptionFilterCommand({ logGroupName, filterName: "s" })))).toBe(
      "ResourceNotFoundException: The specified subscription filter does not exist.",
    );
  });

  test.each([
    [
      "arn:aws:kinesis:us-east-1:000000000000:stream/x",
      "InvalidParameterException: destinationArn is the ARN of an API",
    ],
    [
      "arn:aws:events:us-east-1:000000000000:api-destination/x/1",
      "InvalidParameterException: Could not deliver test message",
    ],
    ["https://user:secret@example.org/", "InvalidParameterException"],
    ["ftp://example.org/", "InvalidParameterException"],
  ])("cannot send to %s", async (destinationArn, expected) => {
    expect(await said(putSubscription({ destinationArn }))).toContain(expected);
  });
});

test("queries are kept, changed and deleted", async () => {
  const put = (more: Partial<sdk.PutQueryDefinitionCommandInput> = {}) =>
    logs.send(new sdk.PutQueryDefinitionCommand({ name: "errors", queryString: "fields @message", ...more }));
  const { queryDefinitionId } = await put({ logGroupNames: [logGroupName] });
  await put({ name: "other" });
  await put({ queryDefinitionId, queryString: "fields @timestamp" });
  const described = (input: sdk.DescribeQueryDefinitionsCommandInput) =>
    logs.send(new sdk.DescribeQueryDefinitionsCommand(input));
  expect((await described({ queryDefinitionNamePrefix: "err" })).queryDefinitions).toEqual([
    {
      queryLanguage: "CWLI",
      queryDefinitionId,
      name: "errors",
      queryString: "fields @timestamp",
      lastModified: now,
      logGroupNames: [],
    },
  ]);
  const remove = () => logs.send(new sdk.DeleteQueryDefinitionCommand({ queryDefinitionId }));
  expect((await remove()).success).toBe(true);
  expect(await said(remove())).toMatch(/^ResourceNotFoundException/);
  expect(await said(put({ queryDefinitionId }))).toMatch(/^ResourceNotFoundException/);
});

test("policies are kept; those of a group ask for the revision they change", async () => {
  const policyDocument = '{"Version":"2012-10-17","Statement":[]}';
  await logs.send(new sdk.PutResourcePolicyCommand({ policyName: "p", policyDocument }));
  const arn = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`;
  const { revisionId } = await logs.send(new sdk.PutResourcePolicyCommand({ resourceArn: arn, policyDocument }));
  expect(await said(logs.send(new sdk.PutResourcePolicyCommand({ resourceArn: arn, policyDocument })))).toMatch(
    /^OperationAbortedException/,
  );
  const described = await logs.send(new sdk.DescribeResourcePoliciesCommand({}));
  expect(described.resourcePolicies).toEqual([
    { policyName: "p", policyDocument, lastUpdatedTime: now, policyScope: "ACCOUNT" },
  ]);
  await logs.send(new sdk.DeleteResourcePolicyCommand({ resourceArn: arn, expectedRevisionId: revisionId }));
  await logs.send(new sdk.DeleteResourcePolicyCommand({ policyName: "p" }));
  expect(await said(logs.send(new sdk.DeleteResourcePolicyCommand({ policyName: "p" })))).toMatch(
    /^ResourceNotFoundException/,
  );
  expect(await said(logs.send(new sdk.PutResourcePolicyCommand({ policyName: "p", policyDocument: "{" })))).toMatch(
    /^InvalidParameterException/,
  );
});
