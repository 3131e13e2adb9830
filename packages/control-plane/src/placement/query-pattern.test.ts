import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readQueryPattern } from "./query-pattern.ts";
import { PatternProblem } from "./query-pattern-reader.ts";

describe("a pattern", () => {
  it.each([
    ["", "", true],
    ["", "a", false],
    ["abc", "abc", true],
    ["b", "abc", false],
    ["a|bc|", "bc", true],
    ["a|bc|", "", true],
    ["a|bc", "abc", false],
    ["(a|b)c", "bc", true],
    ["((a|b)*c)+d", "abcbcd", true],
    ["(a*)*", "aaa", true],
    ["(a|){3}", "aa", true],
    ["(?<zone>us|eu)-(?:east|west)-[12][a-c]", "eu-west-1b", true],
    ["a{2,3}", "a", false],
    ["a{2,3}", "aaa", true],
    ["(ab){2,}", "ababab", true],
    ["a+?b??", "aa", true],
    ["^a$", "a", true],
    ["\\Aa\\z", "a", true],
    ["a$b", "ab", false],
    ["a^b|c", "c", true],
    ["[^a-c.]x", "dx", true],
    ["[^a-c.]x", "ax", false],
    ["[]a]", "]", true],
    ["[a-]+", "-a", true],
    ["[a\\-z]", "m", false],
    ["[\\d_]+", "4_2", true],
    ["\\p{Alpha}\\P{Digit}", "ab", true],
    ["\\p{Upper}", "a", false],
    ["\\x41\\u0042\\.", "AB.", true],
    ["\\Qa.(b\\E|c", "a.(b", true],
    ["\\Qa.b\\E", "axb", false],
    ["(?i)prod-[a-c]", "PROD-B", true],
    ["(?i)[^a-b]", "B", false],
    ["(?i)\\P{Lower}", "A", false],
    [".", "\n", false],
    [".", "é", true],
    ["}]", "}]", true],
  ])("%j fits %j: %s", (pattern, text, expected) => expect(readQueryPattern(pattern).test(text)).toBe(expected));

  it.each([
    ["a)", 1, 'a pattern has a ")" that closes nothing'],
    ["x(a", 1, 'a group of a pattern is not closed with ")"'],
    ["x[a", 1, 'a class of characters is not closed with "]"'],
    ["[", 0, 'a class of characters is not closed with "]"'],
    ["[z-a]", 2, "a range of characters is the wrong way round"],
    ["[a[b]]", 2, "a class of characters cannot have others in it"],
    ["[a&&b]", 2, "a class of characters cannot have others in it"],
    ["*a", 0, 'a pattern has nothing for "*" to repeat'],
    ["(|+)", 2, 'a pattern has nothing for "+" to repeat'],
    ["a**", 2, "a pattern repeats a repetition"],
    ["a*+", 2, "a pattern repeats a repetition"],
    ["a{x}", 1, "a repetition of a pattern is written as {2}, {2,} or {2,4}"],
    ["a{3,2}", 1, "a repetition of a pattern is the wrong way round"],
    ["(a)\\1", 3, "a pattern cannot have \\1"],
    ["a\\b", 1, "a pattern cannot have \\b"],
    ["a\\", 1, "a pattern cannot end with a backslash"],
    ["\\p{Greek}", 0, "a pattern cannot have \\p{Greek}"],
    ["x(?=a)", 1, 'a pattern cannot have "(?="'],
    ["x(?<!a)", 1, 'a pattern cannot have "(?<"'],
    ["a(?i)b", 1, 'a pattern cannot have "(?i"'],
    ["café", 3, "a pattern can have ASCII characters only"],
    ["(a{99}){99}", 0, "a pattern repeats too much"],
    ["((a{999}){9999}){9999}", 0, "a pattern repeats too much"],
    ["(".repeat(60), 50, "a pattern is too deeply nested"],
  ])("%j is refused at %i: %s", (pattern, offset, problem) => {
    expect(() => readQueryPattern(pattern)).toThrow(new PatternProblem(problem, offset));
    try {
      readQueryPattern(pattern);
    } catch (error) {
      expect((error as PatternProblem).offset).toBe(offset);
    }
  });
});

const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "1", "-"), maxLength: 8 });
/** What JavaScript and Java read alike. */
const { expression } = fc.letrec<{ expression: string; item: string; atom: string }>((tie) => ({
  expression: fc
    .array(fc.array(tie("item"), { maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((options) => options.map((items) => items.join("")).join("|")),
  item: fc
    .tuple(tie("atom"), fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "{2,3}?"))
    .map((parts) => parts.join("")),
  atom: fc.oneof(
    { maxDepth: 2, depthIdentifier: "pattern" },
    fc.constantFrom("a", "b", "c", "1", "-", ".", "[ab]", "[^a-b]", "[1c-]", "\\d", "\\W", "\\-", "(?:^)", "(?:$)"),
    tie("expression").map((inside) => `(${inside})`),
    tie("expression").map((inside) => `(?:${inside})`),
  ),
}));

describe("patterns", () => {
  it("fit what JavaScript's fit", () => {
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 1, maxLength: 5 }), (pattern, texts) => {
        const theirs = new RegExp(`^(?:${pattern})$`);
        const ours = readQueryPattern(pattern);
        for (const each of texts) expect(`${each}: ${ours.test(each)}`).toBe(`${each}: ${theirs.test(each)}`);
      }),
      { numRuns: 500 },
    );
  });

  it("are read or refused, whatever they are", () => {
    const signs = fc.string({ unit: fc.constantFrom(..."a1-^$()[]{}|\\*+?.,:<>QEpiPx&é".split("")), maxLength: 12 });
    fc.assert(
      fc.property(signs, text, (pattern, subject) => {
        try {
          expect(typeof readQueryPattern(pattern).test(subject)).toBe("boolean");
        } catch (error) {
          expect(error).toBeInstanceOf(PatternProblem);
        }
      }),
    );
  });

  it("look at each character once", () => {
    const subject = "a".repeat(20_000);
    expect(readQueryPattern("(a+)+b|(a|a)*c|((a*)*)*d").test(subject)).toBe(false);
  });
});
