import type { Scope } from "./evaluate.ts";
import type { Command, Expression, Query } from "./language/ast.ts";
import {
  dedupStage,
  fieldsStage,
  filterStage,
  limitStage,
  parseStage,
  tellingStage,
  unnestStage,
} from "./stages/row-stages.ts";
import { sortStage } from "./stages/sort-stage.ts";
import type { Stage } from "./stages/stage.ts";
import { statsStage } from "./stages/stats-stage.ts";

/** How a query is carried out. */
export interface QueryPlan {
  /** The fields of a result, in order. */
  readonly columns: readonly string[];
  /** Whether results are lines of statistics, behind which no one event is. */
  readonly isAggregated: boolean;
  /** Whether events are wanted oldest first; usually it is the newest. */
  readonly oldestFirst: boolean;
  /** Texts that events have to contain to be of any use. */
  readonly needles: readonly string[];
  /** The stages, from the first; what comes out of the last goes to `next`. @param matched told of every event that all filters let through */
  stages(scope: Scope, next: Stage, matched: () => void): Stage;
}

/** @param limit rows in the result at the most, unless the query says less */
export function planQuery({ commands }: Query, limit: number): QueryPlan {
  const order = orderOfScan(commands);
  const steps = commands.filter((_command, at) => at !== order?.at);
  return {
    columns: columnsOf(commands),
    isAggregated: commands.some(({ do: what }) => what === "stats"),
    oldestFirst: order?.oldestFirst === true,
    needles: needlesOf(commands),
    stages(scope, next, matched) {
      const counted = steps.findIndex(({ do: what }) => ["stats", "sort", "limit", "dedup"].includes(what));
      const build = (from: number, to: number, end: Stage) =>
        steps
          .slice(from, to)
          .reduceRight<Stage>(
            (behind, command, at) => stageOf(command, wantedOf(steps.slice(from + at + 1), limit), scope, behind),
            end,
          );
      const split = counted === -1 ? steps.length : counted;
      return build(0, split, tellingStage(matched, build(split, steps.length, limitStage(limit, next))));
    },
  };
}

function stageOf(command: Command, wanted: number, scope: Scope, next: Stage): Stage {
  switch (command.do) {
    case "fields":
    case "display":
      return fieldsStage(command, scope, next);
    case "filter":
      return filterStage(command.by, scope, next);
    case "stats":
      return statsStage(command, scope, next);
    case "sort":
      return sortStage(command.keys, wanted, scope, next);
    case "limit":
      return limitStage(command.count, next);
    case "parse":
      return parseStage(command, scope, next);
    case "dedup":
      return dedupStage(command.keys, scope, next);
    case "unnest":
      return unnestStage(command, scope, next);
  }
}

/** Rows that are of use behind a sort: all, if what stands behind it chooses among them. */
function wantedOf(behind: readonly Command[], limit: number): number {
  for (const command of behind) {
    if (command.do === "limit") return Math.min(command.count, limit);
    if (!["fields", "display", "parse"].includes(command.do)) return Number.POSITIVE_INFINITY;
  }
  return limit;
}

/** A sort by `@timestamp` alone that may as well be the order in which events are read. */
function orderOfScan(commands: readonly Command[]): { readonly at: number; readonly oldestFirst: boolean } | undefined {
  for (const [at, command] of commands.entries()) {
    if (command.do === "sort") {
      const [key, ...more] = command.keys;
      if (key?.of.is !== "field" || key.of.name !== "@timestamp" || more.length > 0) return undefined;
      return { at, oldestFirst: !key.descending };
    }
    const changes =
      ["fields", "display"].includes(command.do) &&
      namesOf(command).includes("@timestamp") &&
      computes(command, "@timestamp");
    if (changes || !["fields", "display", "filter", "parse", "unnest"].includes(command.do)) return undefined;
  }
  return undefined;
}

const namesOf = (command: Command): readonly string[] =>
  command.do === "fields" || command.do === "display" ? command.list.map(({ name }) => name) : [];
const computes = (command: Command, name: string): boolean =>
  (command.do === "fields" || command.do === "display") &&
  command.list.some((each) => each.name === name && (each.of.is !== "field" || each.of.name !== name));

/** What is shown: what the last `display` names, else what `fields`, `parse` and `unnest` name since the last `stats`. */
function columnsOf(commands: readonly Command[]): readonly string[] {
  const lastStats = commands.findLastIndex(({ do: what }) => what === "stats");
  const stats = commands[lastStats];
  const columns: string[] = [];
  if (stats?.do === "stats") columns.push(...[...stats.by, ...stats.list].map(({ name }) => name));
  const rest = commands.slice(lastStats + 1);
  const display = rest.findLast(({ do: what }) => what === "display");
  if (display !== undefined) return [...new Set(namesOf(display))];
  if (stats === undefined && !rest.some(({ do: what }) => what === "fields")) columns.push("@timestamp", "@message");
  for (const command of rest) {
    columns.push(...namesOf(command));
    if (command.do === "parse") columns.push(...command.extractor.names);
    if (command.do === "unnest") columns.push(command.into);
  }
  return [...new Set(columns)];
}

/** Of the filters at the head of the query: what `@message` has to contain. */
function needlesOf(commands: readonly Command[]): readonly string[] {
  const found: string[] = [];
  for (const command of commands) {
    if (command.do === "filter") found.push(...needlesIn(command.by));
    else if (command.do !== "fields" || computes(command, "@message")) break;
  }
  return found;
}

function needlesIn(expression: Expression): readonly string[] {
  if (expression.is === "binary" && expression.operator === "and") {
    return [...needlesIn(expression.left), ...needlesIn(expression.right)];
  }
  const isMessage = (each: Expression | undefined) => each?.is === "field" && each.name === "@message";
  const textIn = (each: Expression | RegExp | undefined): readonly string[] =>
    each !== undefined && !(each instanceof RegExp) && each.is === "constant" && each.value !== ""
      ? [String(each.value)]
      : [];
  if (expression.is === "like" && isMessage(expression.left)) return textIn(expression.right);
  if (expression.is === "call" && expression.name === "strcontains" && isMessage(expression.args[0])) {
    return textIn(expression.args[1]);
  }
  return [];
}
