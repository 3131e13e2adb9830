import fc from "fast-check";
import { expect, test } from "vitest";
import { planMerge } from "./plan-merge.ts";
import type { SealedSegment } from "./seal-work.ts";

const kib = 1024;
const segment = (bytes: number, id: number): SealedSegment => {
  const place = { timestamp: 0, sequence: 0 };
  return { id, groupId: 1, day: 0, bytes, events: Math.ceil(bytes / 25), first: place, last: place };
};
const merged = (...sizes: readonly number[]) => planMerge(sizes.map(segment)).map(({ bytes }) => bytes / kib);

test.each<[string, readonly number[], readonly number[]]>([
  ["few small ones wait", [1, 1, 1, 1, 1], []],
  ["six small ones are one", [1, 2, 1, 2, 1, 9], [1, 1, 1, 2, 2, 9]],
  ["so are six of a size", [800, 800, 800, 800, 800, 800], [800, 800, 800, 800, 800, 800]],
  ["a large one is not written again for a few small ones", [1, 1, 1, 1, 1, 1, 900], [1, 1, 1, 1, 1, 1]],
  ["small ones that wait hold up no larger ones", [1, 900, 900, 900, 900, 900, 900], [900, 900, 900, 900, 900, 900]],
  ["what is too large for a merge stays", Array<number>(7).fill(9_000), []],
])("%s", (_case, sizes, expected) => {
  expect(merged(...sizes.map((size) => size * kib))).toEqual(expected);
});

test("segments of a day stay few, and an event is written again a few times in all", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 50, maxLength: 300 }), (sizes) => {
      let [segments, written, id]: [SealedSegment[], number, number] = [[], 0, 0];
      let largest = 0;
      for (const size of sizes) {
        segments.push(segment(size * kib, id++));
        for (let chosen = planMerge(segments); chosen.length > 0; chosen = planMerge(segments)) {
          const bytes = chosen.reduce((sum, one) => sum + one.bytes, 0);
          written += bytes;
          segments = [...segments.filter((one) => !chosen.includes(one)), segment(bytes, id++)];
        }
        largest = Math.max(largest, segments.length);
      }
      const total = sizes.reduce((sum, size) => sum + size * kib, 0);
      expect(largest).toBeLessThan(40);
      expect(written / total).toBeLessThan(8);
    }),
    { numRuns: 30 },
  );
});
