import type { Problem } from "../wire/problem.ts";
import type { Wording } from "./service-definition.ts";

/**
 * How most of AWS's services word what breaks their schema: `2 validation errors detected: Value null at 'name' failed to
 * satisfy constraint: Member must not be null; …`.
 * @param names of the errors: for broken constraints, for input that cannot be read, for what is not built, for our faults
 */
export const validationWording = (names: {
  readonly validation: string;
  readonly unreadable: string;
  readonly notBuilt: string;
  readonly internal: string;
}): Wording => ({
  notBuilt: names.notBuilt,
  internal: names.internal,
  badInput(problems) {
    const [first] = problems;
    if (first.kind === "unreadable" || first.kind === "type") return { name: names.unreadable, message: first.demand };
    const count =
      problems.length === 1 ? "1 validation error detected" : `${problems.length} validation errors detected`;
    return { name: names.validation, message: `${count}: ${problems.map(sentenceOf).join("; ")}` };
  },
});

function sentenceOf({ kind, path, demand, value }: Problem): string {
  const shown = kind === "missing" ? "Value null" : value === undefined ? "Value" : `Value '${value}'`;
  return `${shown} at '${pathOf(path)}' failed to satisfy constraint: ${demand}`;
}

/** `tags.1.member.key`. */
const pathOf = (path: Problem["path"]) =>
  path.map((step) => (typeof step === "number" ? `${step}.member` : step)).join(".");
