import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MemoryLogStore } from "../../log-store/memory-log-store.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import type { RunningServer } from "../http/server.ts";
import { logsService } from "./service.ts";

const now = Date.UTC(2026, 0, 1);
let logStore: MemoryLogStore;
let server: RunningServer;
let logs: CloudWatchLogsClient;
beforeEach(async () => {
  logStore = new MemoryLogStore();
  server = await startTestServer({ services: [logsService(logStore)] });
  logs = new CloudWatchLogsClient(clientOptions(server));
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/app" }));
  for (const logStreamName of ["web/app/1", "web/app/2"])
    await logs.send(new CreateLogStreamCommand({ logGroupName: "/app", logStreamName }));
});
afterEach(async () => {
  logs.destroy();
  await server.close();
  await logStore.close();
});

const put = (stream: string, timestamp: number, messages: readonly string[]) =>
  logs.send(
    new PutLogEventsCommand({
      logGroupName: "/app",
      logStreamName: stream,
      logEvents: messages.map((message) => ({ timestamp, message })),
    }),
  );

/**
 * Prints as version 2 of the AWS CLI does for `aws logs tail --follow`: pages until there is no token, then again from the
 * newest time it has seen; of ids it remembers those of that time alone, so an id that changed, or an event that came
 * twice in one pass, would be printed twice. Source: aws/aws-cli, the `logs tail` command.
 */
class Tail {
  readonly printed: string[] = [];
  calls = 0;
  private readonly asked: FilterLogEventsCommandInput;
  private seen = new Map<number, Set<string>>();

  constructor(more: Partial<FilterLogEventsCommandInput> = {}) {
    this.asked = { logGroupName: "/app", interleaved: true, startTime: now - 600_000, ...more };
  }

  /** One call; true when its answer was the last of a pass, where the CLI would sleep. */
  async poll(): Promise<boolean> {
    this.calls++;
    const { events = [], nextToken } = await logs.send(new FilterLogEventsCommand(this.asked));
    for (const { eventId = "", timestamp = 0, message = "" } of events) {
      const ids = this.seen.get(timestamp) ?? new Set();
      this.seen.set(timestamp, ids);
      if (ids.has(eventId)) continue;
      ids.add(eventId);
      this.printed.push(message);
    }
    const newest = Math.max(...this.seen.keys());
    if (this.seen.size > 0) this.seen = new Map([[newest, this.seen.get(newest) ?? new Set()]]);
    if (nextToken === undefined) {
      delete this.asked.nextToken;
      if (this.seen.size > 0) this.asked.startTime = newest;
    } else this.asked.nextToken = nextToken;
    return nextToken === undefined;
  }

  async pass(): Promise<void> {
    while (!(await this.poll()));
  }
}

describe("aws logs tail --follow", () => {
  const lines = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `line ${from + at}`);

  test("prints every line once, also many of one time over several pages", async () => {
    const tail = new Tail();
    await tail.pass();
    expect(tail.printed).toEqual([]);
    // 1,500 lines of 2 KB, all of one millisecond and in two streams: more than one answer carries.
    const long = (text: string) => text.padEnd(2_000, ".");
    for (let at = 0; at < 1_500; at += 250) await put(`web/app/${(at % 2) + 1}`, now, lines(250, at).map(long));
    const calls = tail.calls;
    await tail.pass();
    expect(tail.calls - calls).toBeGreaterThan(2);
    expect(tail.printed).toEqual(lines(1_500).map(long));
    await put("web/app/2", now, ["of the same time, later"]);
    await tail.pass();
    await tail.pass();
    expect(tail.printed.slice(1_500)).toEqual(["of the same time, later"]);
  });

  test("prints every line once while lines are being put", async () => {
    const tail = new Tail();
    const count = 600;
    const write = async () => {
      for (let at = 0; at < count; at += 3)
        await put(`web/app/${((at / 3) % 2) + 1}`, now + Math.floor(at / 30), lines(3, at));
      return true;
    };
    const written = write();
    let isOver = false;
    void written.then((over) => {
      isOver = over;
    });
    while (!isOver) await tail.poll();
    await tail.pass();
    await tail.pass();
    expect(tail.printed).toEqual(lines(count));
  });

  test("with a pattern and a prefix prints what matches", async () => {
    const tail = new Tail({ filterPattern: '"ERROR" -ignored', logStreamNamePrefix: "web/app/2" });
    await put("web/app/1", now, ["ERROR elsewhere"]);
    await put("web/app/2", now, ["INFO", "ERROR one", "ERROR ignored"]);
    await tail.pass();
    await put("web/app/2", now + 1, ["ERROR two"]);
    await tail.pass();
    await tail.pass();
    expect(tail.printed).toEqual(["ERROR one", "ERROR two"]);
  });

  test("goes on when a stream goes between two pages", async () => {
    const tail = new Tail({ limit: 2, logStreamNamePrefix: "web/" });
    await put("web/app/1", now, ["a", "b", "c"]);
    await put("web/app/2", now + 1, ["d"]);
    expect(await tail.poll()).toBe(false);
    await logs.send(new DeleteLogStreamCommand({ logGroupName: "/app", logStreamName: "web/app/1" }));
    await tail.pass();
    expect(tail.printed).toEqual(["a", "b", "d"]);
  });
});

test("a line comes back as it was put: any text, and times to the millisecond", async () => {
  const messages = ['{"a":"\\u0000"}', "tab\tnew\nline\r\n", "日本語 🚢", "\u0000", " blanks  ", "a".repeat(300_000)];
  await put("web/app/1", now + 1, messages);
  const { events } = await logs.send(
    new GetLogEventsCommand({ logGroupName: "/app", logStreamName: "web/app/1", startFromHead: true }),
  );
  expect(events).toEqual(messages.map((message) => ({ message, timestamp: now + 1, ingestionTime: now })));
});

describe("errors are the client's own exceptions", () => {
  test.each([
    ["there already", () => new CreateLogGroupCommand({ logGroupName: "/app" }), ResourceAlreadyExistsException],
    [
      "no such stream",
      () => new GetLogEventsCommand({ logGroupName: "/app", logStreamName: "none" }),
      ResourceNotFoundException,
    ],
    ["no such group", () => new FilterLogEventsCommand({ logGroupName: "none" }), ResourceNotFoundException],
    [
      "no such group to tag",
      () =>
        new TagResourceCommand({
          resourceArn: "arn:aws:logs:us-east-1:000000000000:log-group:none",
          tags: { a: "b" },
        }),
      ResourceNotFoundException,
    ],
    ["a limit", () => new FilterLogEventsCommand({ logGroupName: "/app", limit: 10_001 }), InvalidParameterException],
    ["a token", () => new FilterLogEventsCommand({ logGroupName: "/app", nextToken: "x" }), InvalidParameterException],
    [
      "a pattern",
      () => new FilterLogEventsCommand({ logGroupName: "/app", filterPattern: '"open' }),
      InvalidParameterException,
    ],
    ["nothing", () => new CreateLogGroupCommand({ logGroupName: undefined }), InvalidParameterException],
  ])("%s", async (_case, command, exception) => {
    const failure: unknown = await logs.send(command() as CreateLogGroupCommand).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(exception);
    expect(failure).toMatchObject({ $fault: "client", message: expect.stringMatching(/./) as string });
    expect(failure).toHaveProperty("$metadata.httpStatusCode", 400);
    expect(failure).toHaveProperty("$metadata.requestId", expect.stringMatching(/^[0-9a-f-]{36}$/));
  });
});
