import { evaluate, type Scope } from "../evaluate.ts";
import type { Command, Expression } from "../language/ast.ts";
import type { Row } from "../row.ts";
import { isTrue, Moment, textOf, type Value } from "../values/value.ts";
import { mostHeld, QueryFailure, type Stage } from "./stage.ts";

/** A stage that makes up to some rows of each, and keeps nothing. */
const each = (next: Stage, rowsOf: (row: Row) => Iterable<Row>): Stage => ({
  push(row) {
    for (const made of rowsOf(row)) next.push(made);
  },
  end: () => next.end(),
  get isFull() {
    return next.isFull;
  },
});

export const filterStage = (by: Expression, scope: Scope, next: Stage): Stage =>
  each(next, (row) => (isTrue(evaluate(by, row, scope)) ? [row] : []));

/** Fields with a name of their own are there from now on. */
export function fieldsStage(
  { list }: { readonly list: readonly { readonly name: string; readonly of: Expression }[] },
  scope: Scope,
  next: Stage,
): Stage {
  const computed = list.filter(({ name, of }) => of.is !== "field" || of.name !== name);
  if (computed.length === 0) return next;
  return each(next, (row) => [row.with(new Map(computed.map(({ name, of }) => [name, evaluate(of, row, scope)])))]);
}

/** Rows that do not match stay as they are. */
export const parseStage = ({ from, extractor }: Extract<Command, { do: "parse" }>, scope: Scope, next: Stage): Stage =>
  each(next, (row) => {
    const value = evaluate(from, row, scope);
    const found = value === undefined ? undefined : extractor.extract(textOf(value));
    return [found === undefined ? row : row.with(new Map(extractor.names.map((name, at) => [name, found[at]])))];
  });

/** A row for each item of a list; rows without one go. */
export const unnestStage = ({ from, into }: Extract<Command, { do: "unnest" }>, scope: Scope, next: Stage): Stage =>
  each(next, (row) => {
    const value = evaluate(from, row, scope);
    const list = Array.isArray(value)
      ? (value as readonly Value[])
      : typeof value === "object" && !(value instanceof Moment)
        ? Object.values(value)
        : [];
    return list.map((item) => row.with(new Map([[into, item as Value]])));
  });

/** The first row of each value; rows that lack one of the values all stay. Source: CloudWatch Logs user guide, "dedup". */
export function dedupStage(keys: readonly Expression[], scope: Scope, next: Stage): Stage {
  const seen = new Set<string>();
  return each(next, (row) => {
    const values = keys.map((key) => evaluate(key, row, scope));
    if (values.includes(undefined)) return [row];
    const key = JSON.stringify(values.map(textOf));
    if (seen.has(key)) return [];
    if (seen.size >= mostHeld) throw new QueryFailure(`dedup found more than ${mostHeld} different values`);
    seen.add(key);
    return [row];
  });
}

export function limitStage(count: number, next: Stage): Stage {
  let left = count;
  return {
    push(row) {
      if (left-- > 0) next.push(row);
    },
    end: () => next.end(),
    get isFull() {
      return left <= 0 || next.isFull;
    },
  };
}

/** Tells of every row that passes. */
export const tellingStage = (tell: () => void, next: Stage): Stage =>
  each(next, (row) => {
    tell();
    return [row];
  });
