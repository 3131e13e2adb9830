import { beforeEach, describe, expect, test } from "vitest";
import { ControlPlaneError } from "../../channel/control-plane.ts";
import { silentLogger } from "../../platform/logger.ts";
import { CloudWatchLogSink } from "./cloudwatch-log-sink.ts";

const target = { group: "/app", stream: "s", createGroup: false };
const refusal = (name: string, statusCode = 400) => new ControlPlaneError(name, `${name}!`, { statusCode });

describe("CloudWatchLogSink", () => {
  let calls: string[];
  /** What each operation does, in the order of its calls; afterwards it answers with nothing. */
  let script: Record<string, (Error | object)[]>;
  let sink: CloudWatchLogSink;

  beforeEach(() => {
    calls = [];
    script = {};
    const call = async (operation: string, input: object) => {
      calls.push(`${operation} ${JSON.stringify(input)}`);
      const next = script[operation]?.shift() ?? {};
      if (next instanceof Error) throw next;
      return next;
    };
    sink = new CloudWatchLogSink({ call, logger: silentLogger });
  });

  test("makes the stream, and is content with one that is there", async () => {
    script.CreateLogStream = [refusal("ResourceAlreadyExistsException")];
    await sink.prepare(target);
    expect(calls).toEqual(['CreateLogStream {"logGroupName":"/app","logStreamName":"s"}']);
  });

  test("makes the group only where that is allowed", async () => {
    script.CreateLogStream = [refusal("ResourceNotFoundException"), refusal("ResourceNotFoundException")];
    await expect(sink.prepare(target)).rejects.toMatchObject({ trouble: "missing", code: "ResourceNotFoundException" });
    script.CreateLogGroup = [refusal("ResourceAlreadyExistsException")]; // another task was faster
    await sink.prepare({ ...target, createGroup: true });
    expect(calls.map((call) => call.split(" ")[0])).toEqual([
      "CreateLogStream",
      "CreateLogStream",
      "CreateLogGroup",
      "CreateLogStream",
    ]);
  });

  test("looks for a group by its whole name", async () => {
    script.DescribeLogGroups = [
      { logGroups: [{ logGroupName: "/app" }] },
      { logGroups: [{ logGroupName: "/app2" }] },
      {},
    ];
    expect([await sink.hasGroup("/app"), await sink.hasGroup("/app"), await sink.hasGroup("/app")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("puts events, and says which delivery they are", async () => {
    await sink.put(target, [{ timestamp: 1, message: "one" }], { source: "x-y", number: 7 });
    expect(calls).toEqual([
      'PutLogEvents {"logGroupName":"/app","logStreamName":"s","logEvents":[{"timestamp":1,"message":"one"}],"sequenceToken":"hatoba/x-y/7"}',
    ]);
  });

  test.each([
    ["ResourceNotFoundException", 400, "missing"],
    ["AccessDeniedException", 400, "denied"],
    ["InvalidParameterException", 400, "refused"],
    ["ThrottlingException", 400, "unavailable"],
    ["UnrecognizedClientException", 400, "unavailable"],
    ["SerializationException", 502, "unavailable"],
    ["NetworkError", 0, "unavailable"],
  ])("%s with status %d means %s", async (name, statusCode, trouble) => {
    script.PutLogEvents = [refusal(name, statusCode)];
    await expect(sink.put(target, [], { source: "x", number: 1 })).rejects.toMatchObject({
      name: "LogSinkError",
      code: name,
      trouble,
    });
  });
});
