import fc from "fast-check";
import { expect, test } from "vitest";
import { TerminalText } from "./terminal-text.ts";

const linesOf = (...parts: readonly (string | Uint8Array)[]) => {
  const text = new TerminalText();
  const lines = parts.flatMap((part) => text.write(typeof part === "string" ? Buffer.from(part) : part));
  return [...lines, ...text.end()];
};

test.each([
  ["plain lines", "one\r\ntwo\r\n", ["one", "two"]],
  ["a line without an end", "# ", ["#"]],
  ["colours", "\x1b[01;32mgreen\x1b[0m text\n", ["green text"]],
  ["a window title, ended either way", "\x1b]0;title\x07a\x1b]2;other\x1b\\b\n", ["ab"]],
  ["a character set", "\x1b(Bx\x1b=\n", ["x"]],
  ["a correction", "lsx\b \b -l\r\n", ["ls -l"]],
  ["a line that is drawn again", "10%\r50%\r100%\n", ["100%"]],
  ["erasing to the end of the line", "# long command\r\x1b[2C\x1b[Kls\n", ["# ls"]],
  ["a cursor report", "/ # \x1b[6nls\n", ["/ # ls"]],
  ["moving within the line", "abc\x1b[2DX\x1b[CY\n", ["aXcY"]],
  ["bells and tabs", "a\x07\tb\n", ["a\tb"]],
])("%s", (_what, written, lines) => {
  expect(linesOf(written)).toEqual(lines);
});

test("characters and sequences that are split over messages", () => {
  const bytes = Buffer.from("h\x1b[31mé\x1b[0mllo\n");
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(linesOf(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(["héllo"]);
  }
});

test("any bytes are read, and no line grows without end", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (parts) => {
      for (const line of linesOf(...parts)) expect(line.length).toBeLessThanOrEqual(2 * 16_384);
    }),
  );
  const long = linesOf("x".repeat(100_000));
  expect(Math.max(...long.map(({ length }) => length))).toBe(16_384);
  expect(long.join("")).toHaveLength(100_000);
});
