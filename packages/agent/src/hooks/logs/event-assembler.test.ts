import { describe, expect, test } from "vitest";
import type { LogLine } from "../../runtime/container-runtime.ts";
import { EventAssembler } from "./event-assembler.ts";

const line = (text: string, time: number): LogLine => ({
  text,
  time,
  position: { timestamp: String(time), linesTaken: 1 },
  stream: "stdout",
});

describe("EventAssembler", () => {
  test("makes an event of each line, and none of an empty one, which counts as taken all the same", () => {
    const assembler = new EventAssembler();
    for (const [at, text] of ["one", "", "two", ""].entries()) assembler.add(line(text, at));
    expect(assembler.take()).toEqual({
      events: [
        { timestamp: 0, message: "one" },
        { timestamp: 2, message: "two" },
      ],
      position: { timestamp: "3", linesTaken: 1 },
    });
    expect(assembler.take()).toBeUndefined();
  });

  test("with a pattern, lines belong to the match before them; the open event is not taken", () => {
    const assembler = new EventAssembler(/^START/);
    for (const [at, text] of ["before", "START a", "  more", "", "START b", "  more"].entries())
      assembler.add(line(text, at));
    expect(assembler.hasOpen).toBe(true);
    expect(assembler.take()).toEqual({
      events: [
        { timestamp: 0, message: "before" },
        { timestamp: 1, message: "START a\n  more\n" },
      ],
      position: { timestamp: "3", linesTaken: 1 },
    });
    assembler.flush();
    expect(assembler.take()?.events).toEqual([{ timestamp: 4, message: "START b\n  more" }]);
  });

  test("an event of many lines ends where it would be too long", () => {
    const assembler = new EventAssembler(/^START/);
    assembler.add(line("START", 0));
    for (let at = 1; at <= 300; at++) assembler.add(line("x".repeat(1000), at));
    assembler.flush();
    const events = assembler.take()?.events ?? [];
    expect(events.length).toBe(2);
    expect(events.map(({ message }) => message).join("\n").length).toBe(5 + 300 * 1001);
  });

  test("a line that is too long for one event becomes several", () => {
    const assembler = new EventAssembler();
    assembler.add(line("x".repeat(600_000), 7));
    const { events } = assembler.take() ?? { events: [] };
    expect(events.map(({ timestamp }) => timestamp)).toEqual([7, 7, 7]);
  });
});
