import fc from "fast-check";
import { expect, test } from "vitest";
import { portPicker } from "./port-picker.ts";

test("ports go round, and those in use are left out", () => {
  const used = new Set<number>();
  const pick = portPicker({ from: 10, to: 19 }, () => used);
  expect([pick(3), pick(3), pick(3)]).toEqual([10, 13, 16]);
  used.add(11).add(15);
  expect([pick(3), pick(3)]).toEqual([12, 16]);
  expect(pick(4)).toBe(16);
  used.add(18);
  expect(pick(5)).toBe(10); // there is no such gap: the engine says what is in the way
});

test("whatever is in use, what is picked is free if there is room", () => {
  const port = fc.integer({ min: 10, max: 40 });
  fc.assert(
    fc.property(fc.array(port), fc.array(fc.integer({ min: 1, max: 8 })), (ports, lengths) => {
      const used = new Set(ports);
      const isFree = (first: number, length: number) =>
        Array.from({ length }, (_, step) => first + step).every((each) => each <= 40 && !used.has(each));
      const pick = portPicker({ from: 10, to: 40 }, () => used);
      for (const length of lengths) {
        const first = pick(length);
        const hasRoom = Array.from({ length: 31 }, (_, step) => 10 + step).some((each) => isFree(each, length));
        expect(isFree(first, length)).toBe(hasRoom);
      }
    }),
  );
});
