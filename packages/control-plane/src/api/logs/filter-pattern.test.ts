import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFilterPattern } from "./filter-pattern.ts";

const matches = (pattern: string, message: string) => parseFilterPattern(pattern)(message);

// Source of the cases: CloudWatch Logs user guide, "Filter pattern syntax".
describe("terms", () => {
  test.each([
    ["", "anything", true],
    ["ERROR", "[ERROR] no disk", true],
    ["ERROR", "error", false],
    ["ERROR ARGUMENTS", "ERROR: invalid ARGUMENTS", true],
    ["ERROR ARGUMENTS", "ERROR: nothing", false],
    ['"INTERNAL SERVER ERROR"', "500 INTERNAL SERVER ERROR", true],
    ['"INTERNAL SERVER ERROR"', "INTERNAL ERROR", false],
    [String.raw`"say \"hi\""`, 'say "hi"', true],
    ['"50% to 60%"', "from 50% to 60% now", true],
    ["ERROR -ARGUMENTS", "ERROR 401", true],
    ["ERROR -ARGUMENTS", "ERROR ARGUMENTS", false],
    ['-"a b"', "a b", false],
    ["?ERROR ?WARN", "WARN low", true],
    ["?ERROR ?WARN", "INFO fine", false],
  ])("%s on %s: %s", (pattern, message, expected) => {
    expect(matches(pattern, message)).toBe(expected);
  });

  test.each([
    '"open',
    "[ip, user]",
    "%a*%",
    "{",
    "{ $.a }",
    "{ $.a = }",
    "{ a = 1 }",
    "{ $.a > x }",
    "{ ($.a = 1 }",
    "{ $.a = 1 && }",
    "{ $.a IS MAYBE }",
  ])("refuses %s", (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow("Invalid filter pattern");
  });

  test("a quoted text matches just the messages that contain it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (term, message) => {
        const quoted = `"${term.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
        expect(matches(quoted, message)).toBe(message.includes(term));
        expect(matches(quoted, message + term)).toBe(true);
      }),
    );
  });

  test("whatever is asked is a matcher or a clear refusal", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((inner) => `{ $.a ${inner} }`),
        ),
        fc.string(),
        (pattern, message) => {
          try {
            expect(typeof matches(pattern, message)).toBe("boolean");
          } catch (error) {
            expect(error).toMatchObject({ name: "InvalidParameterException" });
          }
        },
      ),
    );
  });
});

describe("JSON selectors", () => {
  const message = JSON.stringify({
    level: "error",
    status: 503,
    user: { name: "ann", admin: true },
    tags: ["a", "b"],
    none: null,
  });
  test.each([
    ['{ $.level = "error" }', true],
    ['{ $.level = "err*" }', true],
    ['{ $.level = "*r*o*" }', true],
    ['{ $.level = "*x*" }', false],
    ['{ $.level = "error*r" }', false],
    ['{ $.level != "error" }', false],
    ['{ $.missing != "x" }', false],
    ["{ $.status = 503 }", true],
    ["{ $.status >= 500 && $.status < 504 }", true],
    ["{ $.status > 503 }", false],
    ['{ $.user.name = "ann" && $.user.admin IS TRUE }', true],
    ['{ $.tags[1] = "b" }', true],
    ['{ $.level = "info" || ($.status = 503 && $.user.name = "ann") }', true],
    ["{ $.none IS NULL }", true],
    ["{ $.missing NOT EXISTS }", true],
    ["{ $.level = error }", true],
  ])("%s: %s", (pattern, expected) => {
    expect(matches(pattern, message)).toBe(expected);
    expect(matches(pattern, "no JSON")).toBe(false);
  });
});

describe("no pattern takes long", () => {
  // The longest pattern there may be, on a quarter of the longest message: at most 0.1 s each, which is length times length; what
  // tries combinations would never end.
  const most = 1_024;
  const fit = (pattern: (count: number) => string) => {
    let count = most;
    while (pattern(count).length > most) count--;
    return pattern(count);
  };
  const message = "a".repeat(262_144);
  test.each<[string, string]>([
    ["a long term that is nearly there", fit((count) => `${"a".repeat(count)}b`)],
    ["the same from its other end", fit((count) => `b${"a".repeat(count)}`)],
    ["and in its middle", fit((count) => `${"a".repeat(count / 2)}b${"a".repeat(count / 2)}`)],
    ["many terms", fit((count) => "b ".repeat(count))],
    ["many that are optional", fit((count) => "?b ".repeat(count))],
    ["many quotation marks", '"'.repeat(most)],
    ["many that are escaped", fit((count) => `"${String.raw`\"`.repeat(count)}`)],
    ["many per cent signs", "%".repeat(most)],
    ["many stars", fit((count) => `{ $.a = "${"*a".repeat(count)}b" }`)],
    ["many stars, nearly there", fit((count) => `{ $.a = "${"a*".repeat(count)}b*" }`)],
    ["deep parentheses", fit((count) => `{ ${"(".repeat(count)}$.a = 1${")".repeat(count)} }`)],
    ["parentheses that stay open", fit((count) => `{ ${"(".repeat(count)} }`)],
    ["a deep selector", fit((count) => `{ $${".a".repeat(count)} = 1 }`)],
    ["many conditions", fit((count) => `{ ${Array(count).fill("$.a=1").join("||")} }`)],
    ["blanks", `{${" ".repeat(most - 2)}}`],
  ])("%s", (_case, pattern) => {
    const messages = [message, JSON.stringify({ a: message }), "[".repeat(262_144), `{"a":`.repeat(50_000)];
    const start = performance.now();
    for (const each of messages) {
      try {
        matches(pattern, each);
      } catch (error) {
        expect(error).toMatchObject({ name: "InvalidParameterException" });
      }
    }
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});
