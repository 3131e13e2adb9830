import type { Scanner } from "./scanner.ts";

/** A condition on something, with texts that are in all that it holds for. */
export interface Condition<T> {
  holds(subject: T): boolean;
  readonly needles: readonly string[];
  readonly regexes: number;
}

/** Parentheses within each other. */
const deepest = 100;

/** Reads conditions joined with `&&`, `||` and parentheses; `&&` binds closer. @throws BadFilterPattern */
export function parseConditions<T>(scanner: Scanner, single: () => Condition<T>, depth = 0): Condition<T> {
  if (depth > deepest) scanner.fail("Parentheses are too deep");
  const operand = (): Condition<T> => {
    if (!scanner.takes("(")) return single();
    const inner = parseConditions(scanner, single, depth + 1);
    scanner.require(")");
    return inner;
  };
  const both = (): Condition<T> => allOf(listOf(scanner, "&&", operand));
  return anyOf(listOf(scanner, "||", both));
}

function listOf<T>(scanner: Scanner, joint: string, next: () => T): readonly [T, ...T[]] {
  const found: [T, ...T[]] = [next()];
  while (scanner.takes(joint)) found.push(next());
  return found;
}

const regexesOf = (conditions: readonly { readonly regexes: number }[]) =>
  conditions.reduce((sum, { regexes }) => sum + regexes, 0);

function allOf<T>(conditions: readonly [Condition<T>, ...Condition<T>[]]): Condition<T> {
  if (conditions.length === 1) return conditions[0];
  return {
    holds: (subject) => conditions.every((condition) => condition.holds(subject)),
    needles: conditions.flatMap(({ needles }) => needles),
    regexes: regexesOf(conditions),
  };
}

function anyOf<T>(conditions: readonly [Condition<T>, ...Condition<T>[]]): Condition<T> {
  if (conditions.length === 1) return conditions[0];
  const [first, ...others] = conditions;
  return {
    holds: (subject) => conditions.some((condition) => condition.holds(subject)),
    needles: first.needles.filter((needle) => others.every(({ needles }) => needles.includes(needle))),
    regexes: regexesOf(conditions),
  };
}
