import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShellWordsError, shellWords } from "./shell-words.ts";

describe("shellWords", () => {
  test.each<[string, readonly string[]]>([
    ["", []],
    ["  \t\n ", []],
    ["/bin/sh", ["/bin/sh"]],
    ["  ls   -l\t/tmp\n", ["ls", "-l", "/tmp"]],
    ["sh -c 'echo a b'", ["sh", "-c", "echo a b"]],
    [`sh -c "echo \\"a\\" \\$x \\n"`, ["sh", "-c", 'echo "a" $x \\n']],
    ["''", [""]],
    [`a'b'"c"d`, ["abcd"]],
    ["a\\ b \\'c", ["a b", "'c"]],
    ["'a\\b'", ["a\\b"]],
    ["a\\\nb", ["ab"]],
    [`"a\\\nb"`, ["ab"]],
    ["a # the rest\nb#c", ["a", "b#c"]],
    ["echo $HOME `id` | wc; x > y & *", ["echo", "$HOME", "`id`", "|", "wc;", "x", ">", "y", "&", "*"]],
    ["grüße 'wörld'", ["grüße", "wörld"]],
  ])("%j", (text, words) => expect(shellWords(text)).toEqual(words));

  test.each(["'a", '"a', "a\\", `"a\\"`])("%j is not finished", (text) => {
    expect(() => shellWords(text)).toThrow(ShellWordsError);
  });

  test("what is quoted comes back as it was", () => {
    const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (words) => {
        expect(shellWords(words.map(quote).join(" "))).toEqual(words);
      }),
    );
  });
});
