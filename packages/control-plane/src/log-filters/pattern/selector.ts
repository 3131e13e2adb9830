import type { Scanner } from "./scanner.ts";

type Step = { readonly name: string } | { readonly index: number } | "all";

/** Says which values of a JSON document are meant, as `$.user.name`, `$.list[0]`, `$.list[*].id`, `$.['a.b']`. */
export interface Selector {
  /** As it is written. */
  readonly text: string;
  readonly hasWildcard: boolean;
  /** Names of members that have to be there. */
  readonly names: readonly string[];
  /** The values; empty if there are none. */
  select(document: unknown): readonly unknown[];
}

/** @throws BadFilterPattern */
export function parseSelector(scanner: Scanner): Selector {
  scanner.skipBlanks();
  const from = scanner.at;
  if (scanner.next !== "$") scanner.fail("A selector as $.name is expected");
  scanner.at++;
  const steps: Step[] = [];
  for (let step = parseStep(scanner); step !== undefined; step = parseStep(scanner)) steps.push(step);
  if (steps.length === 0) scanner.fail("A selector as $.name is expected", from);
  const wildcards = steps.filter((step) => step === "all").length;
  if (wildcards > 1) scanner.fail("A selector has more than one wildcard", from);
  return {
    text: scanner.text.slice(from, scanner.at),
    hasWildcard: wildcards > 0,
    names: steps.flatMap((step) => (step !== "all" && "name" in step ? step.name : [])),
    select: (document) =>
      steps.reduce<readonly unknown[]>((found, step) => found.flatMap((at) => take(at, step)), [document]),
  };
}

function parseStep(scanner: Scanner): Step | undefined {
  if (scanner.match(/\.\*|\.?\[\*\]/y)) return "all";
  const quoted = scanner.match(/\.?\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/sy);
  if (quoted !== undefined) return { name: (quoted[1] ?? quoted[2] ?? "").replaceAll(/\\(.)/gs, "$1") };
  const index = scanner.match(/\[(\d{1,9})\]/y)?.[1];
  if (index !== undefined) return { index: Number(index) };
  const name = scanner.match(/\.([\w@:-]+)/y)?.[1];
  if (name !== undefined) return { name };
  if (scanner.next === "." || scanner.next === "[") scanner.fail("A selector is not well-formed");
  return undefined;
}

function take(value: unknown, step: Step): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  if (step === "all") return Array.isArray(value) ? value : Object.values(value);
  if ("index" in step) return Array.isArray(value) && step.index < value.length ? [value[step.index]] : [];
  return !Array.isArray(value) && Object.hasOwn(value, step.name)
    ? [(value as Record<string, unknown>)[step.name]]
    : [];
}
