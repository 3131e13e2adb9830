import type { EventPattern, Matcher, Scalar } from "./event-pattern.ts";

/**
 * Whether an event is what a pattern asks for. Of a list, one item is enough; where items are structures, one of them
 * has to match as a whole. Source: EventBridge user guide, "Event patterns".
 */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  const structure = isStructure(event) ? event : {};
  for (const [name, wanted] of pattern.fields) {
    const value = Object.hasOwn(structure, name) ? structure[name] : undefined;
    if (!(isMatchers(wanted) ? leafMatches(wanted, value) : branchMatches(wanted, value))) return false;
  }
  return pattern.choices.every((choice) => choice.some((each) => matchesPattern(each, event)));
}

/** Whether an event of which only this much is known could match: false if it cannot, whatever the rest is. */
export function couldMatch(pattern: EventPattern, known: Readonly<Record<string, string>>): boolean {
  for (const [name, wanted] of pattern.fields) {
    if (!Object.hasOwn(known, name)) continue;
    if (!isMatchers(wanted) || !leafMatches(wanted, known[name])) return false;
  }
  return pattern.choices.every((choice) => choice.some((each) => couldMatch(each, known)));
}

const isMatchers = (wanted: readonly Matcher[] | EventPattern): wanted is readonly Matcher[] => Array.isArray(wanted);
const isStructure = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function leafMatches(wanted: readonly Matcher[], value: unknown): boolean {
  const leaves = leavesOf(value);
  return wanted.some((matcher) =>
    "exists" in matcher ? matcher.exists === leaves.length > 0 : leaves.some((leaf) => matcher.passes(leaf)),
  );
}

/** A structure that is not there matches what asks for nothing to be in it. */
function branchMatches(wanted: EventPattern, value: unknown): boolean {
  const branches = itemsOf(value).filter(isStructure);
  return branches.length === 0 ? matchesPattern(wanted, {}) : branches.some((each) => matchesPattern(wanted, each));
}

const itemsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value.flat(Number.POSITIVE_INFINITY) as unknown[]) : [value];

const leavesOf = (value: unknown): readonly Scalar[] =>
  itemsOf(value).filter(
    (item): item is Scalar => item === null || ["string", "number", "boolean"].includes(typeof item),
  );
