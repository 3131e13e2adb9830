import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { paginate, sortable } from "./pagination.ts";

const byText = (items: readonly string[], options: { maxResults?: number; nextToken?: string; descending?: boolean }) =>
  paginate(items, { listing: "test", keyOf: (item) => item, ...options });

function allPages(items: readonly string[], maxResults: number, descending = false): string[] {
  const seen: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = byText(items, { maxResults, descending, ...(nextToken === undefined ? {} : { nextToken }) });
    seen.push(...page.items);
    if (page.nextToken === undefined) return seen;
    nextToken = page.nextToken;
  }
}

describe("paginate", () => {
  test("all pages together are all items in order, whatever the page size and direction", () => {
    const items = fc.uniqueArray(fc.string(), { maxLength: 40 });
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 100 }), fc.boolean(), (list, size, descending) => {
        const sorted = list.toSorted((a, b) => (a < b ? -1 : 1));
        expect(allPages(list, size, descending)).toEqual(descending ? sorted.toReversed() : sorted);
      }),
    );
  });

  test("what is added or removed between two pages neither repeats nor hides another item", () => {
    const first = byText(["a", "c", "e", "g"], { maxResults: 2 });
    expect(first.items).toEqual(["a", "c"]);
    const nextToken = first.nextToken ?? "";
    expect(byText(["a", "b", "d", "e", "g"], { maxResults: 9, nextToken }).items).toEqual(["d", "e", "g"]);
    expect(byText(["g"], { nextToken }).items).toEqual(["g"]);
    expect(byText([], { nextToken })).toEqual({ items: [] });
  });

  test("the last page has no token, also when it is full", () => {
    expect(byText(["a", "b"], { maxResults: 2 })).toEqual({ items: ["a", "b"] });
  });

  test.each([0, -1, 101, 1.5])("maxResults %s is refused", (maxResults) => {
    expect(() => byText([], { maxResults })).toThrow("maxResults must be between 1 and 100.");
  });

  test("a token of another listing and one that is none are refused", () => {
    const { nextToken = "" } = paginate(["a", "b"], { maxResults: 1, listing: "other", keyOf: (item) => item });
    for (const token of [nextToken, "garbage", "W10"]) {
      expect(() => byText(["a", "b"], { nextToken: token })).toThrow("Invalid token.");
    }
  });

  test("sortable numbers sort as numbers do", () => {
    const numbers = fc.nat({ max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(sortable(a) < sortable(b)).toBe(a < b);
      }),
    );
  });
});
