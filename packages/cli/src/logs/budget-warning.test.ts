import { expect, test } from "vitest";
import { readLine } from "./budget-warning.ts";

test.each([
  ['{"level":"warn","message":"nearly used up","bytes":9}', "nearly used up"],
  ['{"level":"warn"}', '{"level":"warn"}'],
  ["somebody else's line", "somebody else's line"],
  ["null", "null"],
])("of %s this is shown: %s", (line, message) => {
  expect(readLine(7, line)).toEqual({ at: 7, message });
});
