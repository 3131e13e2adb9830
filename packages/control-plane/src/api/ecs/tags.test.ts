import { expect, test } from "vitest";
import { mergeTags, requireTags, withoutTags } from "./tags.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "v" }));

test("tags keep their order; no value is an empty one", () => {
  expect(requireTags([{ key: "b" }, { key: "a", value: "1" }])).toEqual([
    { key: "b", value: "" },
    { key: "a", value: "1" },
  ]);
  expect(requireTags(undefined)).toEqual([]);
  expect(requireTags(many(50))).toHaveLength(50);
});

test.each([
  [many(51), "exceeds the limit of 50"],
  [[{ value: "v" }], "can not be blank"],
  [[{ key: "k".repeat(129) }], "128"],
  [[{ key: "k", value: "v".repeat(257) }], "256"],
  [[{ key: "aws:cloudformation:stack-name", value: "v" }], "reserved"],
  [
    [
      { key: "k", value: "v" },
      { key: "k", value: "w" },
    ],
    "Duplicate tag key: k",
  ],
  [[{ key: "bad*key", value: "v" }], "invalid characters"],
])("%j is refused", (tags, message) => {
  expect(() => requireTags(tags)).toThrow(message);
});

test("merging replaces values and stays within the limit", () => {
  expect(
    mergeTags(
      [
        { key: "a", value: "1" },
        { key: "b", value: "2" },
      ],
      [{ key: "a", value: "3" }],
    ),
  ).toEqual([
    { key: "a", value: "3" },
    { key: "b", value: "2" },
  ]);
  expect(() => mergeTags(many(50), [{ key: "one-more", value: "" }])).toThrow("exceeds the limit of 50");
  expect(withoutTags(many(3), ["k0", "unknown"])).toEqual(many(3).slice(1));
});
