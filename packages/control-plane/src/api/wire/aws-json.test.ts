import * as sdk from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { awsJson } from "./aws-json.ts";
import { operationSchemas } from "./operation-schema.ts";
import { BadInput } from "./problem.ts";

const protocol = awsJson("1.1");
const schemas = operationSchemas(sdk);
const schemaOf = (operation: string) => {
  const schema = schemas(operation);
  if (schema === undefined) throw new Error(operation);
  return schema;
};
const parse = (operation: string, body: string) =>
  protocol.parseInput({ body: Buffer.from(body) }, schemaOf(operation));

describe("reading", () => {
  test("nothing, and an empty object, are no members", () => {
    expect(parse("ListClusters", "")).toEqual({});
    expect(parse("ListClusters", "{}")).toEqual({});
  });

  test("seconds become dates, null is absent, unknown members are left out", () => {
    const body = {
      cluster: "x",
      task: null,
      pullStartedAt: 1767225600.25,
      colour: "red",
      containers: [{ exitCode: 3, x: 1 }],
    };
    expect(parse("SubmitTaskStateChange", JSON.stringify(body))).toEqual({
      cluster: "x",
      pullStartedAt: new Date("2026-01-01T00:00:00.250Z"),
      containers: [{ exitCode: 3 }],
    });
  });

  test.each([
    ['{"settings":[{"name":"containerInsights","extra":1,"__type":"x"}],"__type":"y","extra":1}'],
    ['{"settings":[{"name":"containerInsights","extra":1,"\\u005f_type":"x"}],"_\\u005ftype":"y","extra":1}'],
    ['{"settings":[{"name":"containerInsights","extra":1,"_\\u005f\\u0074ype":"x"}]}'],
  ])("a type that the caller claims lets nothing through: %s", (body) => {
    expect(parse("CreateCluster", body)).toEqual({ settings: [{ name: "containerInsights" }] });
  });

  test("names of Object's own are names like others", () => {
    const labels = '{"__proto__":"a","constructor":"b"}';
    const input = parse(
      "RegisterTaskDefinition",
      `{"family":"f","containerDefinitions":[{"name":"n","dockerLabels":${labels}}]}`,
    );
    const [container] = input.containerDefinitions as { dockerLabels: Record<string, string> }[];
    expect(Object.entries(container?.dockerLabels ?? {})).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
  });

  test.each(["{", "nul", '{"a":1}}', "\ufeff", "[]", '"x"', "1"])("refuses %j", (body) => {
    expect(() => parse("ListClusters", body)).toThrow(BadInput);
  });

  test("refuses what is nested without end", () => {
    expect(() => parse("ListClusters", "[".repeat(100_000))).toThrow(BadInput);
    expect(() => parse("ListClusters", `{"__type":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toThrow(BadInput);
  });

  test("refuses bytes that are not UTF-8", () => {
    expect(() => protocol.parseInput({ body: new Uint8Array([0x22, 0xff]) }, schemaOf("ListClusters"))).toThrow(
      BadInput,
    );
  });
});

describe("writing", () => {
  test("dates become seconds, and absent members stay so", () => {
    const output = {
      tasks: [{ taskArn: "arn", createdAt: new Date(1767225600250), startedAt: undefined }],
      failures: [],
    };
    const { status, headers, body } = protocol.writeOutput(output, schemaOf("DescribeTasks"), "id-1");
    expect([status, JSON.parse(body as string)]).toEqual([
      200,
      { tasks: [{ taskArn: "arn", createdAt: 1767225600.25 }], failures: [] },
    ]);
    expect(headers).toEqual({ "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "id-1" });
  });

  test("an error has its name, message and further members", () => {
    const error = { name: "ConflictException", message: "no", status: 400, members: { resourceIds: ["a"] } };
    const { status, body } = protocol.writeError(error, "id-1");
    expect([status, JSON.parse(body as string)]).toEqual([
      400,
      { __type: "ConflictException", message: "no", resourceIds: ["a"] },
    ]);
  });
});
