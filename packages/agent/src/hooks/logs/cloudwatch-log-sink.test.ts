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

  test("puts events, and reads the last ones", async () => {
    const events = [{ timestamp: 1, message: "one" }];
    await sink.put(target, events);
    expect(calls[0]).toBe(
      'PutLogEvents {"logGroupName":"/app","logStreamName":"s","logEvents":[{"timestamp":1,"message":"one"}]}',
    );
    script.GetLogEvents = [{ events: [{ ...events[0], ingestionTime: 2 }] }];
    expect(await sink.last(target, 1)).toEqual(events);
  });

  test.each([
    ["ResourceNotFoundException", 400, "missing", false],
    ["AccessDeniedException", 400, "denied", false],
    ["InvalidParameterException", 400, "refused", false],
    ["ThrottlingException", 400, "unavailable", false],
    ["UnrecognizedClientException", 400, "unavailable", false],
    ["SerializationException", 502, "unavailable", true],
    ["NetworkError", 0, "unavailable", true],
  ])("%s with status %d means %s; in doubt: %s", async (name, statusCode, trouble, inDoubt) => {
    script.PutLogEvents = [refusal(name, statusCode)];
    await expect(sink.put(target, [])).rejects.toMatchObject({ name: "LogSinkError", code: name, trouble, inDoubt });
  });
});
