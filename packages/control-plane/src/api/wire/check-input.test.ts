import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ecs from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { limitsOf } from "../limits/read-limits.ts";
import { operationSchemas } from "./operation-schema.ts";

const of = {
  ecs: operationSchemas(ecs, await limitsOf("ecs")),
  logs: operationSchemas(logs, await limitsOf("logs")),
};
const problems = (service: keyof typeof of, operation: string, value: unknown) =>
  of[service](operation)
    ?.check(value)
    .map(({ kind, path, demand }) => `${kind} ${path.join(".")}: ${demand}`);

const definition = (container: object, more = {}) => ({
  family: "web",
  containerDefinitions: [{ name: "app", image: "busybox", ...container }],
  ...more,
});

describe("ECS", () => {
  test.each<[string, object]>([
    ["RunTask", { taskDefinition: "x", count: 1, launchType: "FARGATE", tags: [{ key: "a", value: "" }] }],
    ["RunTask", { taskDefinition: "x", cluster: null, overrides: null, unknown: { deep: [1] } }],
    ["RegisterTaskDefinition", definition({ cpu: 10, essential: true, environment: [{ name: "A", value: "b" }] })],
    ["SubmitTaskStateChange", { executionStoppedAt: 1767225600.5 }],
    ["PutAttributes", { attributes: [{ name: "a" }] }],
    [
      "RegisterContainerInstance",
      { totalResources: [{ name: "CPU", type: "INTEGER", doubleValue: 0.5, longValue: 2 ** 40 }] },
    ],
  ])("%s takes %j", (operation, value) => {
    expect(problems("ecs", operation, value)).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    ["RunTask", {}, ["missing taskDefinition: Member must not be null"]],
    ["RunTask", { taskDefinition: null }, ["missing taskDefinition: Member must not be null"]],
    ["RunTask", [], ["type : START_ARRAY cannot be converted to structure"]],
    ["RunTask", { taskDefinition: 5 }, ["type taskDefinition: NUMBER_VALUE cannot be converted to String"]],
    ["RunTask", { taskDefinition: "x", count: "2" }, ["type count: STRING_VALUE cannot be converted to Integer"]],
    ["RunTask", { taskDefinition: "x", count: 2 ** 31 }, ["type count: NUMBER_VALUE cannot be converted to Integer"]],
    [
      "RunTask",
      { taskDefinition: "x", enableExecuteCommand: "true" },
      ["type enableExecuteCommand: STRING_VALUE cannot be converted to Boolean"],
    ],
    ["RunTask", { taskDefinition: "x", tags: {} }, ["type tags: START_OBJECT cannot be converted to list"]],
    ["RunTask", { taskDefinition: "x", tags: [null] }, ["type tags.1: NULL_VALUE cannot be converted to structure"]],
    // A wrong type is reported alone: the rest of the input may not mean what it says.
    ["RunTask", { count: "2", launchType: "MOON" }, ["type count: STRING_VALUE cannot be converted to Integer"]],
    [
      "SubmitTaskStateChange",
      { executionStoppedAt: "now" },
      ["type executionStoppedAt: STRING_VALUE cannot be converted to Timestamp"],
    ],
    [
      "RegisterTaskDefinition",
      definition({ dockerLabels: { a: 1 } }),
      ["type containerDefinitions.1.dockerLabels.a: NUMBER_VALUE cannot be converted to String"],
    ],
    [
      "RegisterTaskDefinition",
      definition({}, { networkMode: "wifi" }),
      ["enum networkMode: Member must satisfy enum value set: [bridge, host, awsvpc, none]"],
    ],
    [
      "RegisterTaskDefinition",
      definition({}, { requiresCompatibilities: ["EC2", "MOON"] }),
      [
        "enum requiresCompatibilities.2: Member must satisfy enum value set: [EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES]",
      ],
    ],
    [
      "CreateService",
      { serviceName: "s", capacityProviderStrategy: [{ capacityProvider: "p", weight: 1001 }] },
      ["range capacityProviderStrategy.1.weight: Member must have value less than or equal to 1000"],
    ],
    [
      "TagResource",
      { resourceArn: "a", tags: [{ key: "" }] },
      ["length tags.1.key: Member must have length greater than or equal to 1"],
    ],
    [
      "TagResource",
      { resourceArn: "a", tags: [{ key: "a", value: "v".repeat(257) }] },
      ["length tags.1.value: Member must have length less than or equal to 256"],
    ],
    [
      "TagResource",
      { resourceArn: "a", tags: Array.from({ length: 51 }, (_, index) => ({ key: `k${index}` })) },
      ["length tags: Member must have length less than or equal to 50"],
    ],
    [
      "TagResource",
      { tags: [{ key: "a\u0000" }] },
      [expect.stringMatching(/^pattern tags\.1\.key/) as string, "missing resourceArn: Member must not be null"],
    ],
  ])("%s refuses %j", (operation, value, expected) => {
    expect(problems("ecs", operation, value)).toEqual(expected);
  });
});

test("CloudWatch Logs: patterns are of the whole text, and all problems are told", () => {
  expect(problems("logs", "CreateLogGroup", { logGroupName: "/ecs/web" })).toEqual([]);
  expect(problems("logs", "CreateLogGroup", { logGroupName: "/ecs/web?" })).toEqual([
    "pattern logGroupName: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
  ]);
  expect(problems("logs", "PutLogEvents", { logEvents: [] })).toHaveLength(3);
  expect(problems("logs", "GetLogEvents", { logStreamName: "a", limit: 10_001, startTime: -1 })).toHaveLength(2);
});

test("every operation of ECS and Logs can be checked", () => {
  for (const [sdk, schemas] of [
    [ecs, of.ecs],
    [logs, of.logs],
  ] as const) {
    const names = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) expect(schemas(name)?.check({}), name).toBeInstanceOf(Array);
  }
});
