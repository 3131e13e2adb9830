import { expect, test } from "vitest";
import { shareOut } from "./share-out.ts";

test.each<[Parameters<typeof shareOut>[0], number, readonly string[]]>([
  [[], 2, []],
  [[{ capacityProvider: "a" }], 2, ["a", "a"]],
  [
    [
      { capacityProvider: "a", base: 1, weight: 1 },
      { capacityProvider: "b", weight: 1 },
    ],
    3,
    ["a", "a", "b"],
  ],
  [
    [
      { capacityProvider: "a", base: 9 },
      { capacityProvider: "b", weight: 1 },
    ],
    2,
    ["a", "a"],
  ],
  [
    [
      { capacityProvider: "a", weight: 1 },
      { capacityProvider: "b", weight: 0 },
    ],
    3,
    ["a", "a", "a"],
  ],
])("%j shares out %i tasks", (strategy, count, expected) => {
  expect(shareOut(strategy, count)).toEqual(expected);
});

test("goes on from what there is: bases stay filled, and the shares come out over all tasks", () => {
  const strategy = [
    { capacityProvider: "a", base: 2, weight: 1 },
    { capacityProvider: "b", weight: 3 },
  ];
  expect(shareOut(strategy, 1, new Map([["b", 5]]))).toEqual(["a"]);
  const known = new Map<string, number>();
  for (let task = 0; task < 10; task++) {
    const [provider = ""] = shareOut(strategy, 1, known);
    known.set(provider, (known.get(provider) ?? 0) + 1);
  }
  expect(Object.fromEntries(known)).toEqual({ a: 4, b: 6 });
});
