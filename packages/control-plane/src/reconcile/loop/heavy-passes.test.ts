import { afterEach, expect, test, vi } from "vitest";
import { HeavyPasses } from "./heavy-passes.ts";

afterEach(() => vi.useRealTimers());

function heavy() {
  vi.useFakeTimers();
  const released: string[] = [];
  return { passes: new HeavyPasses((key) => released.push(key)), released };
}

test("the first does not wait; the next one waits four times as long as it took", () => {
  const { passes, released } = heavy();
  expect(passes.holds("a")).toBe(false);
  passes.passed(10);
  expect(passes.holds("a")).toBe(true);
  vi.advanceTimersByTime(39);
  expect(released).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(released).toEqual(["a"]);
  expect(passes.holds("a")).toBe(false);
});

test("those that wait have their turns in the order of asking, each once however often it asks", () => {
  const { passes, released } = heavy();
  passes.holds("a");
  passes.passed(10);
  for (const key of ["b", "a", "b", "c", "b"]) expect(passes.holds(key)).toBe(true);
  for (const expected of ["b", "a", "c"]) {
    vi.advanceTimersByTime(40);
    expect(released.splice(0)).toEqual([expected]);
    expect(passes.holds("c")).toBe(expected !== "c");
    expect(passes.holds(expected)).toBe(false);
    passes.passed(10);
  }
  vi.advanceTimersByTime(1000);
  expect(released).toEqual([]);
});

test("one that does not ask again, as it is no longer heavy, keeps nobody waiting", () => {
  const { passes, released } = heavy();
  passes.holds("a");
  passes.passed(10);
  for (const key of ["b", "c", "d"]) passes.holds(key);
  passes.forget("c");
  vi.advanceTimersByTime(50);
  expect(released).toEqual(["b", "d"]);
  expect(passes.holds("d")).toBe(false);
});

test("a pass that took very long is followed by a tenth of a second of rest", () => {
  const { passes, released } = heavy();
  passes.holds("a");
  passes.passed(5000);
  passes.holds("b");
  vi.advanceTimersByTime(99);
  expect(released).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(released).toEqual(["b"]);
});

test("nothing is released after the end", () => {
  const { passes, released } = heavy();
  passes.holds("a");
  passes.passed(10);
  passes.holds("b");
  passes.clear();
  vi.advanceTimersByTime(1000);
  expect(released).toEqual([]);
});
