import { BlockList, isIP } from "node:net";
import { BadPattern, type Scalar } from "./event-pattern.ts";

type Passes = (value: Scalar) => boolean;

const text = (argument: unknown): string => {
  if (typeof argument !== "string") throw new BadPattern("must be a string");
  return argument;
};
const ofText =
  (passes: (value: string) => boolean): Passes =>
  (value) =>
    typeof value === "string" && passes(value);
const ignoringCase = (argument: unknown): string | undefined => {
  if (typeof argument !== "object" || argument === null) return undefined;
  const [entry, ...more] = Object.entries(argument as Readonly<Record<string, unknown>>);
  if (entry?.[0] !== "equals-ignore-case" || more.length > 0) throw new BadPattern("must be a string");
  return text(entry[1]).toLowerCase();
};

/** A beginning or an end, `{"equals-ignore-case": …}` if case is not to count. */
const affix =
  (fits: (value: string, affix: string) => boolean) =>
  (argument: unknown): Passes => {
    const lower = ignoringCase(argument);
    if (lower !== undefined) return ofText((value) => fits(value.toLowerCase(), lower));
    const wanted = text(argument);
    return ofText((value) => fits(value, wanted));
  };
const prefix = affix((value, start) => value.startsWith(start));
const suffix = affix((value, end) => value.endsWith(end));

function equalsIgnoreCase(argument: unknown): Passes {
  const wanted = text(argument).toLowerCase();
  return ofText((value) => value.toLowerCase() === wanted);
}

/** `*` stands for any characters; `\*` and `\\` for themselves. */
function wildcard(argument: unknown): Passes {
  const parts = text(argument).match(/\\[\s\S]|[\s\S]/g) ?? [];
  const literals: string[] = [""];
  for (const [index, part] of parts.entries()) {
    if (part === "*") {
      if (parts[index - 1] === "*") throw new BadPattern("must not have two wildcards next to each other");
      literals.push("");
      continue;
    }
    if (part.length > 1 && part !== "\\*" && part !== "\\\\") throw new BadPattern("has an invalid escape character");
    if (part === "\\") throw new BadPattern("has an invalid escape character");
    literals[literals.length - 1] += part.length > 1 ? part.slice(1) : part;
  }
  return ofText((value) => matchesInOrder(value, literals));
}

/** Whether the literals stand in a text one after the other, the first at its beginning and the last at its end. Linear. */
function matchesInOrder(value: string, literals: readonly string[]): boolean {
  const [first = "", ...rest] = literals;
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first)) return false;
  let from = first.length;
  for (const literal of rest) {
    const found = value.indexOf(literal, from);
    if (found < 0) return false;
    from = found + literal.length;
  }
  return value.length - last.length >= from && value.endsWith(last);
}

/** Source: EventBridge user guide, "Numeric matching". */
const furthest = 5_000_000_000;
const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

function numeric(argument: unknown): Passes {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) {
    throw new BadPattern("must be one comparison, or two that bound a range");
  }
  const tests = Array.from({ length: argument.length / 2 }, (_, index) => {
    const [operator, bound] = (argument as unknown[]).slice(2 * index, 2 * index + 2);
    const compare =
      typeof operator === "string" && Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    if (compare === undefined) throw new BadPattern(`has an unrecognized operator ${String(operator)}`);
    if (typeof bound !== "number" || Math.abs(bound) > furthest) {
      throw new BadPattern("must compare with numbers between -5.0e9 and 5.0e9");
    }
    return { operator: String(operator), bound, compare };
  });
  const [lower, upper] = tests;
  if (
    lower &&
    upper &&
    !(lower.operator.startsWith(">") && upper.operator.startsWith("<") && lower.bound < upper.bound)
  ) {
    throw new BadPattern("must give the lower bound first, then the upper one");
  }
  return (value) => typeof value === "number" && tests.every(({ compare, bound }) => compare(value, bound));
}

function cidr(argument: unknown): Passes {
  const [, address = "", bits = ""] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(text(argument)) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) {
    throw new BadPattern("must be an address block, as 10.0.0.0/24");
  }
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family === 4 ? "ipv4" : "ipv6");
  return ofText((value) => isIP(value) === family && block.check(value, family === 4 ? "ipv4" : "ipv6"));
}

/** What `anything-but` may deny beside plain values. */
const deniable: Readonly<Record<string, (argument: unknown) => Passes>> = {
  prefix,
  suffix,
  wildcard,
  "equals-ignore-case": equalsIgnoreCase,
};

function anythingBut(argument: unknown): Passes {
  if (typeof argument === "object" && argument !== null && !Array.isArray(argument)) {
    const [entry, ...more] = Object.entries(argument as Readonly<Record<string, unknown>>);
    const make = entry && Object.hasOwn(deniable, entry[0]) ? deniable[entry[0]] : undefined;
    if (entry === undefined || make === undefined || more.length > 0)
      throw new BadPattern("has an unsupported match type");
    const denied = listOf(entry[1]).map(make);
    return (value) => !denied.some((passes) => passes(value));
  }
  const values = listOf(argument);
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.size !== 1 || !(kinds.has("string") || kinds.has("number"))) {
    throw new BadPattern("must be a string, a number, or a list of either");
  }
  return (value) => !values.includes(value);
}

function listOf(argument: unknown): readonly unknown[] {
  const list = Array.isArray(argument) ? (argument as unknown[]) : [argument];
  if (list.length === 0) throw new BadPattern("must not be an empty list");
  return list;
}

/** By match type: reads its argument and says which values pass. Each throws BadPattern. `exists` is not one of them. */
export const filters: Readonly<Record<string, (argument: unknown) => Passes>> = {
  prefix,
  suffix,
  wildcard,
  numeric,
  cidr,
  "equals-ignore-case": equalsIgnoreCase,
  "anything-but": anythingBut,
};
