import { numberOf, textOf, type Value } from "./value.ts";

/**
 * The order of `sort`: what is no number comes before all numbers. Texts are compared in runs of digits and of other characters: digits by
 * how many they are and then by their value, and all else by the numbers of its characters.
 * Source: CloudWatch Logs user guide, "sort".
 */
export function naturalOrder(a: Value, b: Value): number {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1;
  if (Number.isNaN(x)) return textOrder(textOf(a), textOf(b));
  return x - y || (textOf(a) < textOf(b) ? -1 : Number(textOf(a) > textOf(b))); // 01 comes before 1
}

const isDigit = (code: number) => code >= 48 && code <= 57;

function textOrder(a: string, b: string): number {
  for (let at = 0, other = 0; ; ) {
    if (at >= a.length || other >= b.length) return a.length - at - (b.length - other);
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(other)];
    if (!isDigit(x) || !isDigit(y)) {
      if (x !== y) return x - y;
      at++;
      other++;
      continue;
    }
    const [ends, otherEnds] = [endOfDigits(a, at), endOfDigits(b, other)];
    if (ends - at !== otherEnds - other) return ends - at - (otherEnds - other);
    const [digits, otherDigits] = [a.slice(at, ends), b.slice(other, otherEnds)];
    if (digits !== otherDigits) return digits < otherDigits ? -1 : 1; // as long as each other
    [at, other] = [ends, otherEnds];
  }
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
}
