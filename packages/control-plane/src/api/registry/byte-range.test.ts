import { expect, test } from "vitest";
import { partStart, readRange } from "./byte-range.ts";

test.each([
  [undefined, undefined],
  ["bytes=0-", { start: 0, end: 9 }],
  ["bytes=2-4", { start: 2, end: 4 }],
  ["bytes=2-99", { start: 2, end: 9 }],
  ["bytes=-3", { start: 7, end: 9 }],
  ["bytes=-99", { start: 0, end: 9 }],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=4-2", undefined],
  ["bytes=-", undefined],
  ["bytes=0-1,3-4", undefined],
  ["lines=1-2", undefined],
])("%s of ten bytes", (header, range) => {
  expect(readRange(header, 10)).toEqual(range);
});

test.each([
  [undefined, undefined],
  ["5-9", 5],
  ["bytes 5-9/*", 5],
  ["x", undefined],
])("a part of an upload at %s", (header, start) => {
  expect(partStart(header)).toBe(start);
});
