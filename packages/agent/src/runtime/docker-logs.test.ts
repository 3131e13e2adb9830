import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogLine, LogPosition } from "./container-runtime.ts";
import { type LogMessage, logLines, logMessages, sinceParameter } from "./docker-logs.ts";

const stamp = (nanoseconds: number) => `2026-01-01T00:00:00.${String(nanoseconds).padStart(9, "0")}Z`;

async function* from<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(payload.length, 4);
  return Buffer.concat([head, payload]);
}
const message = (stream: "stdout" | "stderr", at: number, text: string, complete = true): LogMessage => ({
  stream,
  timestamp: stamp(at),
  content: Buffer.from(text),
  complete,
});
const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text);

describe("logMessages", () => {
  const frames = Buffer.concat([
    frame(1, `${stamp(1)} one\n`),
    frame(2, `${stamp(2)} two\n`),
    frame(1, `${stamp(3)} part`),
    frame(1, `${stamp(4)} \n`),
  ]);
  const expected = [
    message("stdout", 1, "one"),
    message("stderr", 2, "two"),
    message("stdout", 3, "part", false),
    message("stdout", 4, ""),
  ];

  test("takes frames apart however they are cut into chunks", async () => {
    for (let size = 1; size <= frames.length; size += 3) {
      const chunks = Array.from({ length: Math.ceil(frames.length / size) }, (_, at) =>
        frames.subarray(at * size, (at + 1) * size),
      );
      expect(await all(logMessages(from(chunks), false))).toEqual(expected);
    }
  });

  test("a terminal has lines in place of frames", async () => {
    const chunks = [Buffer.from(`${stamp(1)} one\r\n${stamp(2)} t`), Buffer.from("wo\r\n")];
    const lines = await all(logLines(logMessages(from(chunks), true)));
    expect(texts(lines)).toEqual(["one", "two"]);
  });
});

describe("logLines", () => {
  test("joins the pieces of a line, each stream's own", async () => {
    const lines = await all(
      logLines(
        from([
          message("stdout", 1, "a", false),
          message("stderr", 2, "x", false),
          message("stdout", 3, "b"),
          message("stderr", 4, "y"),
          message("stdout", 5, "left over", false),
        ]),
      ),
    );
    expect(lines.map(({ stream, text }) => [stream, text])).toEqual([
      ["stdout", "ab"],
      ["stderr", "xy"],
      ["stdout", "left over"],
    ]);
    expect(lines[0]?.time).toBe(Date.UTC(2026, 0, 1));
  });

  test("leaves a line that may go on for next time", async () => {
    const stored = [message("stdout", 1, "whole"), message("stdout", 2, "begin", false)];
    const now = await all(logLines(from(stored), undefined, false));
    expect(texts(now)).toEqual(["whole"]);
    stored.push(message("stdout", 2, "ning"));
    expect(texts(await all(logLines(from(stored), now.at(-1)?.position, false)))).toEqual(["beginning"]);
  });

  test("hands on a line without an end in pieces that one event may carry", async () => {
    const pieces = Array.from({ length: 40 }, (_, at) => message("stdout", at, "x".repeat(16 * 1024), false));
    const lines = await all(logLines(from(pieces)));
    expect(lines.map(({ text }) => text.length)).toEqual([15, 15, 10].map((count) => count * 16 * 1024));
  });

  test("from any place on it gives just the rest, also when the two streams are stored out of order", async () => {
    const entry = fc.record({
      stream: fc.constantFrom("stdout" as const, "stderr" as const),
      // How much later than the one before in its stream; nothing is likely, as in a burst.
      later: fc.constantFrom(0, 0, 0, 1, 2),
      complete: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 30 }), async (entries) => {
        const now = { stdout: 1, stderr: 1 };
        const stored = entries.map(({ stream, later, complete }, at) => {
          now[stream] += later;
          return message(stream, now[stream], `${at}`, complete);
        });
        const lines = await all(logLines(from(stored)));
        for (const [at, { position }] of lines.entries()) {
          expect(texts(await all(logLines(from(stored), position)))).toEqual(texts(lines.slice(at + 1)));
        }
      }),
    );
  });
});

describe("sinceParameter", () => {
  const seconds = Date.UTC(2026, 0, 1) / 1000;
  const at = (timestamp: string, stderr?: string): LogPosition => ({
    timestamp,
    linesTaken: 1,
    ...(stderr === undefined ? {} : { stderr: { timestamp: stderr, linesTaken: 1 } }),
  });

  test.each([
    ["nothing was taken", undefined, undefined],
    ["one stream is known", at(stamp(123456789)), `${seconds - 60}.123000000`],
    ["the earlier of both streams", at(stamp(5e6), stamp(3e6)), `${seconds - 10}.003000000`],
    ["one stream is far behind", at("2026-01-01T01:00:00.000000000Z", stamp(3)), `${seconds + 3540}.000000000`],
  ])("%s", (_what, position, since) => {
    expect(sinceParameter(position)).toBe(since);
  });
});
