import type { NormalizedSchema } from "@smithy/core/schema";
import { checkLeaf, type LeafCheck, typeProblem } from "./check-leaf.ts";
import type { Limit, Limits } from "./limits.ts";
import { BadInput, type Problem } from "./problem.ts";

/**
 * Whether a value fits its schema and limits. Takes values as JSON has them, and also dates and bytes where a form has
 * already been read into those. Members that are null count as absent; members that the schema does not know are passed over.
 * A value of the wrong type is reported alone, everything else together.
 */
export type InputCheck = (value: unknown) => readonly Problem[];

/** The problems of a value, with paths that start at it; undefined when there are none, which is the usual case. */
type Check = (value: unknown) => Problem[] | undefined;

/** Makes the check of one input shape. What can be decided beforehand is: patterns are compiled here, not per request. */
export function compileCheck(input: NormalizedSchema, limits: Limits): InputCheck {
  if (!input.isStructSchema()) return () => [];
  const check = new Compiler(limits).structure(input);
  return (value) => {
    const problems = check(value) ?? [];
    const wrongType = problems.find(({ kind }) => kind === "type");
    return wrongType === undefined ? problems : [wrongType];
  };
}

/** @throws BadInput with the problems, if there are any */
export function requireFit(problems: readonly Problem[]): void {
  const [first, ...more] = problems;
  if (first !== undefined) throw new BadInput([first, ...more]);
}

class Compiler {
  private readonly limits: Limits;
  /** By static schema, so that shapes that contain themselves come to an end. */
  private readonly structures = new Map<unknown, Check>();
  constructor(limits: Limits) {
    this.limits = limits;
  }

  structure(schema: NormalizedSchema): Check {
    const key = schema.getSchema();
    const known = this.structures.get(key);
    if (known !== undefined) return known;
    let own: Check | undefined;
    this.structures.set(key, (value) => own?.(value));
    own = schema.isUnionSchema() ? this.union(schema) : this.members(schema);
    this.structures.set(key, own);
    return own;
  }

  private memberChecks(schema: NormalizedSchema): ReadonlyMap<string, Check> {
    const limits = this.limits.structures[schema.getName() ?? ""] ?? {};
    return new Map(
      [...schema.structIterator()].map(([name, member]) => [name, this.value(member, limits[name] ?? {})]),
    );
  }

  private members(schema: NormalizedSchema): Check {
    const checks = this.memberChecks(schema);
    const required = requiredMembers(schema);
    return (value) => {
      if (!isRecord(value)) return [typeProblem(value, "structure")];
      let found: Problem[] | undefined;
      for (const name in value) {
        const member = value[name];
        if (member === null || member === undefined) continue;
        const problems = checks.get(name)?.(member);
        if (problems !== undefined) found = [...(found ?? []), ...within(name, problems)];
      }
      for (const name of required) {
        if (value[name] === null || value[name] === undefined) found = [...(found ?? []), missing(name)];
      }
      return found;
    };
  }

  private union(schema: NormalizedSchema): Check {
    const checks = this.memberChecks(schema);
    return (value) => {
      if (!isRecord(value)) return [typeProblem(value, "structure")];
      const given = Object.keys(value).filter((name) => value[name] !== null && value[name] !== undefined);
      const [name] = given;
      const check = name === undefined ? undefined : checks.get(name);
      if (name === undefined || check === undefined || given.length !== 1) {
        return [{ kind: "type", path: [], demand: `Exactly one of ${[...checks.keys()].join(", ")} must be given` }];
      }
      const problems = check(value[name]);
      return problems && within(name, problems);
    };
  }

  private value(schema: NormalizedSchema, limit: Limit): Check {
    if (schema.isStructSchema()) return this.structure(schema);
    if (schema.isListSchema()) return this.list(schema, limit);
    if (schema.isMapSchema()) return this.map(schema, limit);
    return oneProblem(checkLeaf(schema, limit, this.limits.enums));
  }

  private list(schema: NormalizedSchema, limit: Limit): Check {
    const item = this.value(schema.getValueSchema(), limit.item ?? {});
    const sparse = Boolean(schema.getMergedTraits().sparse);
    return (value) => {
      if (!Array.isArray(value)) return [typeProblem(value, "list")];
      let found = lengthProblems(value.length, limit);
      for (const [index, each] of value.entries()) {
        if (each === null && sparse) continue;
        const problems = item(each);
        if (problems !== undefined) found = [...(found ?? []), ...within(index + 1, problems)];
      }
      return found;
    };
  }

  private map(schema: NormalizedSchema, limit: Limit): Check {
    const check = this.value(schema.getValueSchema(), limit.value ?? {});
    const checkKey = oneProblem(checkLeaf(schema.getKeySchema(), limit.key ?? {}, this.limits.enums));
    const sparse = Boolean(schema.getMergedTraits().sparse);
    return (value) => {
      if (!isRecord(value)) return [typeProblem(value, "map")];
      const names = Object.keys(value);
      let found = lengthProblems(names.length, limit);
      for (const name of names) {
        const problems = checkKey(name) ?? (value[name] === null && sparse ? undefined : check(value[name]));
        if (problems !== undefined) found = [...(found ?? []), ...within(name, problems)];
      }
      return found;
    };
  }
}

/** The SDK lists required members first and then says how many there are. */
function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const [, , , , names, , count] = schema.getSchema() as readonly [
    number,
    string,
    string,
    unknown,
    string[],
    unknown,
    number?,
  ];
  return names.slice(0, count ?? 0);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const within = (step: string | number, problems: readonly Problem[]): Problem[] =>
  problems.map((problem) => ({ ...problem, path: [step, ...problem.path] }));

const missing = (name: string): Problem => ({ kind: "missing", path: [name], demand: "Member must not be null" });

const oneProblem =
  (check: LeafCheck): Check =>
  (value) => {
    const problem = check(value);
    return problem && [problem];
  };

function lengthProblems(length: number, { min, max }: Limit): Problem[] | undefined {
  const bound = (limit: number, side: string): Problem[] => [
    { kind: "length", path: [], demand: `Member must have length ${side} than or equal to ${limit}` },
  ];
  if (min !== undefined && length < min) return bound(min, "greater");
  return max !== undefined && length > max ? bound(max, "less") : undefined;
}
