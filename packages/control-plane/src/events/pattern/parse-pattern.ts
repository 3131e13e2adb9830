import { BadPattern, type EventPattern, type Matcher, type Scalar } from "./event-pattern.ts";
import { filters } from "./filters.ts";

type Path = readonly string[];
const at = (path: Path) => (path.length === 0 ? "the pattern" : `"${path.join(".")}"`);

/**
 * Reads an event pattern. @param text JSON
 * @throws BadPattern with what is wrong and where. Source: EventBridge user guide, "Event patterns".
 */
export function parsePattern(text: string): EventPattern {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch (error) {
    throw new BadPattern("the pattern is no JSON", { cause: error });
  }
  return readPattern(pattern, []);
}

function readPattern(value: unknown, path: Path): EventPattern {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadPattern(`${at(path)} must be an object or an array`);
  }
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length === 0) throw new BadPattern(`${at(path)} must not be empty`);
  const choices = entries
    .filter(isChoice)
    .map(([name, each]) => readChoice(each as readonly unknown[], [...path, name]));
  const fields = entries
    .filter((entry) => !isChoice(entry))
    .map(([name, each]) => [name, readField(each, [...path, name])] as const);
  return { fields: new Map(fields), choices };
}

/** `$or` is an ordinary name unless at least two structures stand behind it. */
const isChoice = ([name, value]: readonly [string, unknown]): boolean =>
  name === "$or" &&
  Array.isArray(value) &&
  value.length >= 2 &&
  value.every(
    (each) =>
      typeof each === "object" &&
      each !== null &&
      !Object.keys(each).some((key) => key === "exists" || Object.hasOwn(filters, key)),
  );

const readChoice = (value: readonly unknown[], path: Path): readonly EventPattern[] =>
  value.map((each) => readPattern(each, path));

function readField(value: unknown, path: Path): readonly Matcher[] | EventPattern {
  if (!Array.isArray(value)) return readPattern(value, path);
  if (value.length === 0) throw new BadPattern(`${at(path)} must not be an empty array`);
  return value.map((each) => readMatcher(each, path));
}

function readMatcher(value: unknown, path: Path): Matcher {
  if (isScalar(value)) return { passes: (candidate) => candidate === value };
  const [entry, ...more] = Array.isArray(value) ? [] : Object.entries(value as Readonly<Record<string, unknown>>);
  if (entry === undefined || more.length > 0) {
    throw new BadPattern(`each match at ${at(path)} must be a value or an object with one match type`);
  }
  const [type, argument] = entry;
  if (type === "exists") {
    if (typeof argument !== "boolean") throw new BadPattern(`exists at ${at(path)} must be true or false`);
    return { exists: argument };
  }
  const filter = Object.hasOwn(filters, type) ? filters[type] : undefined;
  if (filter === undefined) throw new BadPattern(`unrecognized match type ${type} at ${at(path)}`);
  try {
    return { passes: filter(argument) };
  } catch (error) {
    if (!(error instanceof BadPattern)) throw error;
    throw new BadPattern(`${type} at ${at(path)} ${error.message}`, { cause: error });
  }
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
