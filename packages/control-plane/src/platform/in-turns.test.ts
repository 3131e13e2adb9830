import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { InTurns } from "./in-turns.ts";

const pass = async (milliseconds: number) => {
  for (const end = performance.now() + milliseconds; performance.now() < end; ) await nextTurn();
};

function numbers(work: (item: number) => Iterable<void>, most = 1_000) {
  const [dropped, errors]: [number[], unknown[]] = [[], []];
  const turns = new InTurns<number>({
    work,
    sizeOf: (item) => item,
    most,
    onDropped: (items) => dropped.push(...items),
    onError: (error) => errors.push(error),
  });
  return { turns, dropped, errors };
}

test("things are worked on in their order, with turns of others between", async () => {
  const done: number[] = [];
  const { turns: inTurns } = numbers(function* (item) {
    for (let step = 0; step < 30; step++) {
      for (const end = performance.now() + 1; performance.now() < end; ); // a millisecond of work
      yield;
    }
    done.push(item);
  });
  for (const item of [1, 2, 3]) inTurns.add(item);
  expect(done).toEqual([]);
  let turns = 0;
  for (; done.length < 3; turns++) await nextTurn();
  expect(done).toEqual([1, 2, 3]);
  expect(turns).toBeGreaterThan(8); // ninety milliseconds of work
});

test("where others keep the turns long, its own are a part of that", async () => {
  let done = 0;
  const { turns: inTurns } = numbers(function* () {
    for (const end = performance.now() + 1; performance.now() < end; ); // a millisecond of work
    done += 1;
    yield;
  });
  for (let item = 0; item < 60; item++) inTurns.add(1);
  let turns = 0;
  for (; done < 60; turns++) {
    for (const end = performance.now() + 60; performance.now() < end; );
    await nextTurn();
  }
  expect(turns).toBeLessThan(10); // with four milliseconds each it would be fifteen
});

test("of too much the oldest goes, and one thing may be larger than all", async () => {
  const done: number[] = [];
  const { turns, dropped } = numbers(function* (item) {
    yield;
    done.push(item);
  }, 10);
  for (const item of [4, 5, 6, 50]) turns.add(item);
  await pass(5);
  expect({ done, dropped }).toEqual({ done: [50], dropped: [4, 5, 6] });
});

test("what fails does not stop the rest, and closing does", async () => {
  const done: number[] = [];
  const { turns, errors } = numbers(function* (item) {
    yield;
    if (item === 1) throw new Error("one");
    done.push(item);
  });
  for (const item of [1, 2]) turns.add(item);
  await pass(5);
  expect({ done, errors }).toEqual({ done: [2], errors: [new Error("one")] });
  turns.add(3);
  turns.close();
  turns.add(4);
  await pass(5);
  expect(done).toEqual([2]);
});
