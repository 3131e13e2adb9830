import { evaluate, type Scope } from "../evaluate.ts";
import type { Command } from "../language/ast.ts";
import { aggregatesIn } from "../language/expressions-in.ts";
import { plainRow, type Row } from "../row.ts";
import { type Aggregate, aggregates } from "../values/aggregates.ts";
import { numberOf, textOf, type Value } from "../values/value.ts";
import { mostHeld, QueryFailure, type Stage } from "./stage.ts";

interface Group {
  readonly by: readonly Value[];
  readonly running: ReadonlyMap<string, Aggregate>;
}

/** Hands on one row for each group, when all are there. Rows that have none of the values to group by are a group too. */
export function statsStage({ list, by }: Extract<Command, { do: "stats" }>, scope: Scope, next: Stage): Stage {
  const wanted = [...new Map(list.flatMap(({ of }) => aggregatesIn(of)).map((each) => [each.key, each])).values()];
  const groups = new Map<string, Group>();
  const groupOf = (row: Row): Group => {
    const values = by.map(({ of }) => evaluate(of, row, scope));
    const key = JSON.stringify(values.map((value) => (value === undefined ? null : textOf(value))));
    const known = groups.get(key);
    if (known !== undefined) return known;
    if (groups.size >= mostHeld) throw new QueryFailure(`stats found more than ${mostHeld} groups`);
    const running = new Map(wanted.map(({ key: text, name }) => [text, aggregates[name]() as Aggregate]));
    const made = { by: values, running };
    groups.set(key, made);
    return made;
  };
  return {
    push(row) {
      const { running } = groupOf(row);
      const time = numberOf(row.get("@timestamp"));
      for (const { key, args } of wanted) {
        running.get(key)?.add(
          args.map((each) => evaluate(each, row, scope)),
          time,
        );
      }
    },
    end() {
      if (groups.size === 0 && by.length === 0) groupOf(plainRow(new Map())); // of nothing there is a count too
      for (const { by: values, running } of groups.values()) {
        const results = new Map([...running].map(([key, each]) => [key, each.result]));
        const fields = new Map<string, Value>(by.map(({ name }, at) => [name, values[at]]));
        const row = plainRow(fields);
        for (const { name, of } of list) fields.set(name, evaluate(of, row, { ...scope, aggregates: results }));
        if (!next.isFull) next.push(row);
      }
      groups.clear();
      next.end();
    },
    isFull: false,
  };
}
