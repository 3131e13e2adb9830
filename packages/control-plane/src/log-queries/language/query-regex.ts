/** A regular expression of a query cannot be run as it is meant. */
export class BadRegex extends Error {
  override readonly name = "BadRegex";
}

/** What means something else here, or nothing, and would find other things than it says. */
const unlike: readonly (readonly [written: RegExp, name: string])[] = [
  [/^(?:[^\\]|\\.)*?\\[AGQEZzhHRX]/s, "\\A, \\Z, \\z, \\G, \\Q, \\E, \\h, \\R and \\X"],
  [/^(?:[^\\[]|\\.)*?\[\^?(?:[^\\\]]|\\.)*?(?:\[|&&)/s, "classes of characters within others"],
  [/^(?:[^\\]|\\.)*?\(\?[a-hj-zA-Z-]+[:)]/s, "other flags than (?i)"],
];

/**
 * Reads a regular expression as the queries of CloudWatch Logs have them, which are those of Java.
 * @throws BadRegex for what has another meaning here; `(?i)` stands at the beginning, or behind `^`
 */
export function queryRegex(source: string): RegExp {
  const [, anchor = "", rest] = /^(\^?)\(\?i\)(.*)$/s.exec(source) ?? [];
  const text = rest === undefined ? source : `${anchor}${rest}`;
  if (/^(?:[^\\]|\\.)*?\(\?i\)/s.test(text)) throw new BadRegex("(?i) stands at its beginning only");
  const [, what] = unlike.find(([written]) => written.test(text)) ?? [];
  if (what !== undefined) throw new BadRegex(`${what} are not supported`);
  const flags = rest === undefined ? "" : "i";
  try {
    return new RegExp(text, /\\[pP]\{/.test(text) ? `${flags}u` : flags);
  } catch (error) {
    throw new BadRegex(error instanceof Error ? error.message : "", { cause: error });
  }
}
