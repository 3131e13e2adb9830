import type { AggregateName } from "../values/aggregates.ts";
import type { Extractor } from "./extractor.ts";

export type Binary = "or" | "and" | "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "^";

/** An expression, as written. */
export type Expression =
  | { readonly is: "constant"; readonly value: string | number }
  | { readonly is: "field"; readonly name: string }
  | { readonly is: "binary"; readonly operator: Binary; readonly left: Expression; readonly right: Expression }
  | { readonly is: "not" | "minus"; readonly of: Expression }
  | { readonly is: "like"; readonly left: Expression; readonly right: Expression | RegExp }
  | { readonly is: "in"; readonly left: Expression; readonly list: readonly Expression[] }
  | { readonly is: "call"; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly is: "aggregate";
      readonly name: AggregateName;
      readonly args: readonly Expression[];
      readonly key: string;
    };

/** An expression with the name that its values go by. */
export interface Named {
  readonly name: string;
  readonly of: Expression;
}
export interface SortKey {
  readonly of: Expression;
  readonly descending: boolean;
}

/** One command of a query. */
export type Command =
  | { readonly do: "fields" | "display"; readonly list: readonly Named[] }
  | { readonly do: "filter"; readonly by: Expression }
  | { readonly do: "stats"; readonly list: readonly Named[]; readonly by: readonly Named[] }
  | { readonly do: "sort"; readonly keys: readonly SortKey[] }
  | { readonly do: "limit"; readonly count: number }
  | { readonly do: "parse"; readonly from: Expression; readonly extractor: Extractor }
  | { readonly do: "dedup"; readonly keys: readonly Expression[] }
  | { readonly do: "unnest"; readonly from: Expression; readonly into: string };

/** A query of Logs Insights. */
export interface Query {
  readonly commands: readonly Command[];
}
