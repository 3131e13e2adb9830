import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { metricStatistic } from "./metric-statistic.ts";
import { Tally } from "./tally.ts";
import { mostDistinctValues, ValueCounts } from "./value-counts.ts";

const tallyOf = (values: readonly number[]) => {
  const tally = new Tally();
  for (const value of values) tally.add(value);
  return tally;
};
const hundred = tallyOf(Array.from({ length: 100 }, (_, index) => index + 1));

test.each([
  ["SampleCount", 100],
  ["Average", 50.5],
  ["Sum", 5050],
  ["Minimum", 1],
  ["Maximum", 100],
  ["p0", 1],
  ["p50", 50],
  ["p99.5", 100],
  ["P100", 100],
  ["tm90", 45.5],
  ["TM(10%:90%)", 50.5],
  ["TM(:90%)", 45.5],
  ["TM(20:40)", 30.5],
  ["tc90", 90],
  ["TC(0.5%:)", 99.5],
  ["ts50", 1275],
  ["TS(98:)", 199],
  ["wm90", 49.95],
  ["WM(10:20)", 18.55],
  ["PR(:30)", 30],
  ["PR(30:)", 70],
  ["PR(10:20)", 10],
  ["IQM", 50.5],
])("%s of one to a hundred is %d", (name, expected) => {
  expect(metricStatistic(name)?.(hundred)).toBeCloseTo(expected, 6);
});

test.each([
  "",
  "p",
  "p101",
  "p1000",
  "p-1",
  "average",
  "toString",
  "tm101",
  "TM()",
  "TM(:)",
  "TM(10%:20)",
  "TM(90%:10%)",
  "PR(1%:2%)",
  "TM(a:b)",
  "TM(:101%)",
])("%j is no statistic", (name) => expect(metricStatistic(name)).toBeUndefined());

describe("a statistic set", () => {
  test("has no percentiles, and makes what it is added to have none", () => {
    const set = new Tally();
    set.addSet({ sampleCount: 2, sum: 5, minimum: 1, maximum: 4 });
    const both = tallyOf([9]);
    both.merge(set);
    for (const tally of [set, both]) expect(metricStatistic("p50")?.(tally)).toBeUndefined();
    expect(both).toMatchObject({ sampleCount: 3, sum: 14, minimum: 1, maximum: 9 });
  });

  test("whose values are all equal has some", () => {
    const set = new Tally();
    set.addSet({ sampleCount: 3, sum: 12, minimum: 4, maximum: 4 });
    expect(metricStatistic("p50")?.(set)).toBe(4);
  });
});

const numbers = fc.array(fc.double({ min: -(2 ** 360), max: 2 ** 360, noNaN: true }), { minLength: 1, maxLength: 600 });

test("what is kept of a tally is the tally", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const tally = tallyOf(values);
      const { sampleCount, sum, minimum, maximum } = tally;
      const again = Tally.kept({ sampleCount, sum, minimum, maximum }, tally.countsToKeep());
      expect(again.values()).toEqual(tally.values());
      expect(again).toMatchObject({ sampleCount, sum, minimum, maximum });
    }),
    { numRuns: 50 },
  );
});

test("values are told apart while there are few, never more than so many, and none gets lost", () => {
  fc.assert(
    fc.property(numbers, numbers, (some, others) => {
      const [counts, second] = [new ValueCounts(), new ValueCounts()];
      for (const value of some) counts.add(value, 1);
      for (const value of others) second.add(value, 2);
      counts.merge(second);
      const sorted = counts.sorted();
      expect(sorted.length).toBeLessThanOrEqual(mostDistinctValues);
      expect(sorted.reduce((sum, [, count]) => sum + count, 0)).toBe(some.length + 2 * others.length);
      const distinct = new Set([...some, ...others].map((value) => value + 0)); // no minus zero
      if (distinct.size <= mostDistinctValues) expect(new Set(sorted.map(([value]) => value + 0))).toEqual(distinct);
    }),
    { numRuns: 50 },
  );
});

test("percentiles of ten thousand values between 10 and 1000 are a few per cent off at the most", () => {
  const values = Array.from({ length: 10_000 }, (_, index) => 10 * 100 ** (index / 9999));
  const tally = tallyOf(values);
  for (const percent of [1, 25, 50, 90, 99, 99.9]) {
    const exact = values[Math.ceil((percent / 100) * values.length) - 1] ?? 0;
    expect((metricStatistic(`p${percent}`)?.(tally) ?? 0) / exact).toBeCloseTo(1, 1);
  }
});
