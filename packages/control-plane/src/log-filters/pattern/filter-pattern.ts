import { parseFieldsPattern } from "./parse-fields-pattern.ts";
import { parseJsonPattern } from "./parse-json-pattern.ts";
import { parseTerms } from "./parse-terms.ts";

/** What events a filter lets through. */
export interface FilterPattern {
  readonly kind: "terms" | "json" | "fields";
  matches(message: string): boolean;
  /** Texts that every message contains that matches; whoever searches may leave out all others. Often none. */
  readonly needles: readonly string[];
  /** How many regular expressions it has. */
  readonly regexes: number;
  /** The fields of a message that matches, as TestMetricFilter shows them: `$ip`, `$3`. Of the other kinds nothing is shown. */
  valuesIn(message: string): Readonly<Record<string, string>>;
  /**
   * How to read the value that `$.latency`, `$bytes` or `$7` refers to off a message; undefined if this pattern has no such
   * values. @throws BadFilterPattern for a selector that cannot be read
   */
  reader(reference: string): ((message: string) => string | undefined) | undefined;
}

/**
 * Reads a filter pattern: terms, a regular expression, a JSON pattern in braces, or fields in brackets. Empty matches
 * everything. Source: CloudWatch Logs user guide, "Filter pattern syntax".
 * @throws BadFilterPattern
 */
export function parseFilterPattern(pattern: string): FilterPattern {
  const first = pattern.trimStart()[0];
  if (first === "{") return parseJsonPattern(pattern);
  return first === "[" ? parseFieldsPattern(pattern) : parseTerms(pattern);
}
