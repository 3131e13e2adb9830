import type { NormalizedSchema } from "@smithy/core/schema";
import type { Limit, Limits } from "./limits.ts";
import type { Problem } from "./problem.ts";

/** The first problem of a value that has no members. */
export type LeafCheck = (value: unknown) => Problem | undefined;

/** The check of a string, number, boolean, timestamp or blob. */
export function checkLeaf(schema: NormalizedSchema, limit: Limit, enums: Limits["enums"]): LeafCheck {
  if (schema.isDocumentSchema()) return () => undefined;
  if (schema.isStringSchema()) {
    const check = checkString(limit, limit.enum === undefined ? undefined : enums[limit.enum]);
    return schema.getMergedTraits().sensitive ? (value) => withoutValue(check(value)) : check;
  }
  if (schema.isBooleanSchema())
    return (value) => (typeof value === "boolean" ? undefined : typeProblem(value, "Boolean"));
  if (schema.isTimestampSchema()) return checkTimestamp;
  if (schema.isBlobSchema()) return checkBlob(limit);
  return checkNumber(limit);
}

/** What is secret is not repeated in an error's message. */
function withoutValue(problem: Problem | undefined): Problem | undefined {
  if (problem === undefined) return undefined;
  const { value: _secret, ...rest } = problem;
  return rest;
}

/** A value of another type than wanted, worded as ECS words it. Source: aws-actions/amazon-ecs-deploy-task-definition issue 587. */
export const typeProblem = (value: unknown, wanted: string): Problem => ({
  kind: "type",
  path: [],
  demand: `${tokenOf(value)} cannot be converted to ${wanted}`,
});

function tokenOf(value: unknown): string {
  if (value === null) return "NULL_VALUE";
  if (Array.isArray(value)) return "START_ARRAY";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  if (typeof value === "string") return "STRING_VALUE";
  return typeof value === "number" ? "NUMBER_VALUE" : "START_OBJECT";
}

function checkString({ min, max, pattern }: Limit, allowed: readonly string[] | undefined): LeafCheck {
  const choices = allowed && new Set(allowed);
  const expression = pattern === undefined ? undefined : wholeText(pattern);
  return (value) => {
    if (typeof value !== "string") return typeProblem(value, "String");
    if (choices && allowed && !choices.has(value)) {
      const demand = `Member must satisfy enum value set: [${allowed.join(", ")}]`;
      return { kind: "enum", path: [], demand, value, allowed };
    }
    if (min !== undefined && value.length < min) return outside("length", value, "greater", min);
    if (max !== undefined && value.length > max) return outside("length", value, "less", max);
    if (expression && !expression.test(value)) {
      return { kind: "pattern", path: [], demand: `Member must satisfy regular expression pattern: ${pattern}`, value };
    }
    return undefined;
  };
}

/** AWS means the whole text. Patterns are written for Java; the few that JavaScript's strict mode refuses pass in its lax one. */
function wholeText(pattern: string): RegExp {
  const source = `^(?:${pattern})$`;
  try {
    return new RegExp(source, "u");
  } catch {
    return new RegExp(source);
  }
}

const outside = (kind: "length" | "range", value: unknown, side: "greater" | "less", limit: number): Problem => ({
  kind,
  path: [],
  demand: `Member must have ${kind === "length" ? "length" : "value"} ${side} than or equal to ${limit}`,
  value: String(value),
});

const ranges = {
  integer: { name: "Integer", fits: (n: number) => Number.isInteger(n) && n >= -(2 ** 31) && n < 2 ** 31 },
  long: { name: "Long", fits: (n: number) => Number.isInteger(n) && n >= -(2 ** 63) && n < 2 ** 63 },
  float: { name: "Float", fits: Number.isFinite },
  double: { name: "Double", fits: Number.isFinite },
};

function checkNumber({ type, min, max }: Limit): LeafCheck {
  const { name, fits } = ranges[type ?? "integer"];
  return (value) => {
    if (typeof value !== "number" || !fits(value)) return typeProblem(value, name);
    if (min !== undefined && value < min) return outside("range", value, "greater", min);
    return max !== undefined && value > max ? outside("range", value, "less", max) : undefined;
  };
}

/** Seconds since 1970, which a Date can hold; or a Date. */
const checkTimestamp: LeafCheck = (value) => {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? typeProblem("", "Timestamp") : undefined;
  return typeof value === "number" && Math.abs(value) <= 8.64e12 ? undefined : typeProblem(value, "Timestamp");
};

/** Looks for what does not belong there: texts are of many megabytes, and an expression for the whole of one runs out of stack. */
const isBase64 = (text: string): boolean =>
  text.length % 4 === 0 && !/[^A-Za-z0-9+/]/.test(text.endsWith("==") ? text.slice(0, -2) : text.replace(/=$/, ""));

function checkBlob({ min, max }: Limit): LeafCheck {
  return (value) => {
    const isText = typeof value === "string" && isBase64(value);
    if (!isText && !(value instanceof Uint8Array)) return typeProblem(value, "Blob");
    const bytes = value instanceof Uint8Array ? value.byteLength : Buffer.byteLength(value, "base64");
    if (min !== undefined && bytes < min) return outside("length", `${bytes} bytes`, "greater", min);
    return max !== undefined && bytes > max ? outside("length", `${bytes} bytes`, "less", max) : undefined;
  };
}
