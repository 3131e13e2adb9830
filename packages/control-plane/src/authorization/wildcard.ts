/** A text with wildcards, taken apart: signs as they stand, `*` for any number of signs, `?` for one. */
export type Pattern = readonly (string | typeof any | typeof one)[];
const any = Symbol("*");
const one = Symbol("?");

/** The pattern of a text in which `*` and `?` are wildcards. */
export const patternOf = (text: string): Pattern =>
  text.split("").map((sign) => (sign === "*" ? any : sign === "?" ? one : sign));

/** The pattern of a text that has no wildcards. */
export const literally = (text: string): Pattern => text.split("");

/**
 * Whether a pattern covers a text from end to end. Costs at most the product of both lengths, whatever the pattern:
 * policies are written by users, and a regular expression of many `*` can take for ever.
 */
export function matches(pattern: Pattern, text: string): boolean {
  let [at, inPattern] = [0, 0];
  let retry: { at: number; readonly inPattern: number } | undefined; // behind the last `*`: how far that one reaches
  while (at < text.length) {
    const part = pattern[inPattern];
    if (part === any) {
      retry = { at, inPattern: ++inPattern };
    } else if (part !== undefined && (part === one || part === text[at])) {
      at++;
      inPattern++;
    } else if (retry !== undefined) {
      at = ++retry.at;
      inPattern = retry.inPattern;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === any) inPattern++;
  return inPattern === pattern.length;
}
