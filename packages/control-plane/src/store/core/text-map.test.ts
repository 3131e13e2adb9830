import fc from "fast-check";
import { expect, test } from "vitest";
import { TextMap } from "./text-map.ts";

/** Few, so that they come again. */
const key = fc.oneof(fc.constantFrom("", "a", "b"), fc.string({ maxLength: 3 }), fc.nat(40).map(String));
const step = fc.record({ key, value: fc.option(fc.nat(9)) });

test("a map holds what was put into it last, and stays as it was", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), key, (steps, other) => {
      const expected = new Map<string, number>();
      let map: TextMap<number> = TextMap.empty;
      for (const { key: at, value } of steps) {
        const [before, held, size] = [map, map.get(at), map.size];
        map = value === null ? map.delete(at) : map.set(at, value);
        if (value === null) expected.delete(at);
        else expected.set(at, value);
        expect([before.get(at), before.size]).toEqual([held, size]);
      }
      for (const [at, value] of expected) expect(map.get(at)).toBe(value);
      expect(map.get(other)).toBe(expected.get(other));
      expect(map.size).toBe(expected.size);
    }),
  );
});

test("keys whose hashes meet are told apart", () => {
  // A hash has a million values: of ten thousand keys some fifty pairs meet.
  const keys = Array.from({ length: 10_000 }, (_, index) => `arn:aws:ecs:us-east-1:000000000000:task/default/${index}`);
  let map: TextMap<number> = TextMap.empty;
  for (const [index, each] of keys.entries()) map = map.set(each, index);
  for (const [index, each] of keys.entries()) if (index % 3 === 0) map = map.delete(each);
  for (const [index, each] of keys.entries()) expect(map.get(each)).toBe(index % 3 === 0 ? undefined : index);
  expect(map.size).toBe(keys.filter((_, index) => index % 3 !== 0).length);
});
