import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { batchLimits, countThatFits } from "./log-batches.ts";
import type { LogEvent } from "./log-sink.ts";
import { LogSpool } from "./log-spool.ts";

const target = { group: "g", stream: "s", createGroup: false };
const position = (timestamp: string) => ({ timestamp, linesTaken: 1 });
const event = (timestamp: number, message = `m${timestamp}`): LogEvent => ({ timestamp, message });

describe("LogSpool", () => {
  let folder: string;
  let spool: LogSpool;
  const open = (maxBytes = 1_000_000) => new LogSpool({ path: join(folder, "spool.sqlite"), maxBytes });
  const reopen = () => {
    spool.close();
    spool = open();
  };
  /** What is delivered, batch by batch, until nothing waits. */
  const drain = () => {
    const batches: LogEvent[][] = [];
    for (let next = spool.next(target); next !== undefined; next = spool.next(target)) {
      batches.push([...next.events]);
      spool.done(next.receipt);
    }
    return batches;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hatoba-spool-"));
    spool = open();
    spool.begin("c", "task");
  });
  afterEach(() => {
    spool.close();
    rmSync(folder, { recursive: true });
  });

  test("keeps events and how far they reach, over a restart", () => {
    spool.append("c", target, { events: [event(1), event(2)], position: position("2") });
    reopen();
    expect(spool.progress("c")).toEqual({ position: position("2"), finished: false });
    expect(spool.targets()).toEqual([target]);
    expect(spool.next(target)?.events).toEqual([event(1), event(2)]);
    expect(spool.bytes).toBe(4);
  });

  test("forgets what is delivered, and nothing else", () => {
    spool.append("c", target, { events: [event(1)], position: position("1") });
    const first = spool.next(target);
    spool.append("c", target, { events: [event(2)], position: position("2") });
    if (first !== undefined) spool.done(first.receipt);
    reopen();
    expect(drain()).toEqual([[event(2)]]);
    expect([spool.bytes, spool.targets()]).toEqual([0, []]);
    expect(spool.progress("c").position).toEqual(position("2"));
  });

  test("joins small writes into one batch, in order of time", () => {
    spool.append("c", target, { events: [event(5), event(6)], position: position("6") });
    spool.append("c", target, { events: [event(4), event(7)], position: position("7") });
    expect(drain()).toEqual([[event(4), event(5), event(6), event(7)]]);
  });

  test("gives up the oldest when there is no room, and says how many", () => {
    spool.close();
    spool = open(25);
    for (let at = 1; at <= 3; at++) {
      const dropped = spool.append("c", target, { events: [event(at, "0123456789")], position: position(String(at)) });
      expect(dropped).toEqual(at < 3 ? [] : [{ target, events: 1 }]);
    }
    expect(drain()).toEqual([[event(2, "0123456789"), event(3, "0123456789")]]);
  });

  test("a batch that was given up while it was on its way is no trouble", () => {
    spool.close();
    spool = open(25);
    spool.append("c", target, { events: [event(1, "0123456789")], position: position("1") });
    const first = spool.next(target);
    spool.append("c", target, { events: [event(2, "0123456789012345678")], position: position("2") });
    if (first !== undefined) spool.done(first.receipt);
    expect(drain()).toEqual([[event(2, "0123456789012345678")]]);
  });

  test("a batch stays what it is until it is done with, whatever comes and over a restart", () => {
    spool.append("c", target, { events: [event(1), event(2)], position: position("2") });
    const first = spool.next(target);
    spool.append("c", target, { events: [event(3)], position: position("3") });
    expect(spool.next(target)).toEqual(first);
    reopen();
    expect(spool.next(target)).toEqual(first);
    if (first !== undefined) spool.done(first.receipt);
    const second = spool.next(target);
    expect(second?.events).toEqual([event(3)]);
    expect(second?.delivery).not.toEqual(first?.delivery);
  });

  test("so does a batch that is a part of what was written at once", () => {
    const messages = Array.from({ length: 12 }, (_, at) => event(at, "x".repeat(200_000)));
    spool.close();
    spool = open(10_000_000);
    spool.append("c", target, { events: messages, position: position("2") });
    const first = spool.next(target);
    expect(first?.events.length).toBeLessThan(12);
    spool.close();
    spool = open(10_000_000);
    expect(spool.next(target)).toEqual(first);
    expect(drain().flat()).toEqual(messages);
  });

  test("deliveries of a stream have growing numbers", () => {
    const numbers = [1, 2, 3].map((at) => {
      spool.append("c", target, { events: [event(at)], position: position(String(at)) });
      const next = spool.next(target);
      if (next !== undefined) spool.done(next.receipt);
      return next?.delivery.number;
    });
    expect(numbers).toEqual([1, 2, 3]);
  });

  test("a spool of an earlier version goes on", () => {
    spool.append("c", target, { events: [event(1)], position: position("1") });
    spool.close();
    const database = new DatabaseSync(join(folder, "spool.sqlite"));
    for (const column of ["source", "number", "part"]) database.exec(`ALTER TABLE waiting DROP COLUMN ${column}`);
    database.close();
    spool = open();
    expect(drain()).toEqual([[event(1)]]);
  });

  test("notes the end, and forgets a task", () => {
    spool.finish("c");
    expect(spool.progress("c")).toEqual({ finished: true });
    spool.forget("task");
    expect(spool.progress("c")).toEqual({ finished: false });
  });

  test("whatever is put in comes out once, in batches that one call may carry", () => {
    const time = fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 3 * batchLimits.span }));
    const write = fc.array(fc.tuple(time, fc.integer({ min: 1, max: 200_000 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 6 }), (writes) => {
        spool.close();
        rmSync(join(folder, "spool.sqlite"), { force: true });
        spool = open(100_000_000);
        let id = 0;
        const all = writes.map((events) =>
          events.map(([timestamp, size]) => event(timestamp, `${id++} ${"x".repeat(size)}`)),
        );
        for (const events of all) spool.append("c", target, { events, position: position("1") });
        const batches = drain();
        const key = ({ message }: LogEvent) => Number.parseInt(message, 10);
        expect(
          batches
            .flat()
            .map(key)
            .toSorted((a, b) => a - b),
        ).toEqual(all.flat().map(key));
        for (const batch of batches) {
          expect(countThatFits(batch)).toBe(batch.length);
          expect(batch.map(({ timestamp }) => timestamp)).toEqual(
            batch.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b),
          );
        }
        expect(spool.bytes).toBe(0);
      }),
      { numRuns: 10 },
    );
  });
});
