import fc from "fast-check";
import { expect, test } from "vitest";
import { PositionMap } from "./position-map.ts";
import { PositionSet } from "./position-set.ts";

/** Near to one another, far apart, and such as need more than 32 bits. */
const position = fc.oneof(
  fc.nat(100),
  fc.nat(1_000_000),
  fc.integer({ min: 2 ** 31 - 3, max: 2 ** 31 + 3 }),
  fc.integer({ min: 2 ** 40, max: 2 ** 40 + 70 }),
);
const step = fc.record({ position, value: fc.option(fc.nat(9)) });

test("a map holds what was put into it last, in the order of positions, and stays as it was", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), position, (steps, from) => {
      const expected = new Map<number, number>();
      let map: PositionMap<number> = PositionMap.empty;
      for (const { position: at, value } of steps) {
        const [before, contents] = [map, entriesOf(map)];
        map = value === null ? map.delete(at) : map.set(at, value);
        if (value === null) expected.delete(at);
        else expected.set(at, value);
        expect(entriesOf(before)).toEqual(contents);
        expect(map.get(at)).toBe(value ?? undefined);
      }
      const entries = [...expected].toSorted(([a], [b]) => a - b);
      expect(entriesOf(map)).toEqual(entries);
      expect(map.size).toBe(expected.size);
      expect(entriesOf(map, from)).toEqual(entries.filter(([at]) => at >= from));
      expect(map.get(from)).toBe(expected.get(from));
      expect(map.values()).toEqual(entries.map(([, value]) => value));
    }),
  );
});

test("a set holds what was added and not taken away, in order", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), position, (steps, from) => {
      const expected = new Set<number>();
      let set = PositionSet.empty;
      for (const { position: at, value } of steps) {
        set = value === null ? set.delete(at) : set.add(at);
        if (value === null) expected.delete(at);
        else expected.add(at);
      }
      const members = [...expected].toSorted((a, b) => a - b);
      expect(membersOf(set)).toEqual(members);
      expect(membersOf(set, from)).toEqual(members.filter((at) => at >= from));
      expect(set.size).toBe(members.length);
      expect(set.has(from)).toBe(expected.has(from));
    }),
  );
});

test("going through ends when it is told to", () => {
  let set = PositionSet.empty;
  for (let at = 0; at < 200; at += 3) set = set.add(at);
  const seen: number[] = [];
  set.forEach((at) => seen.push(at) < 4, 31);
  expect(seen).toEqual([33, 36, 39, 42]);
});

function entriesOf<V>(map: PositionMap<V>, from = 0): [number, V][] {
  const entries: [number, V][] = [];
  map.forEach((value, at) => entries.push([at, value]) > 0, from);
  return entries;
}

function membersOf(set: PositionSet, from = 0): number[] {
  const members: number[] = [];
  set.forEach((at) => members.push(at) > 0, from);
  return members;
}
