import type { Command, Expression, Named, Query, SortKey } from "./ast.ts";
import { BadQuery } from "./bad-query.ts";
import { aggregatesIn, fieldsIn } from "./expressions-in.ts";
import { globExtractor, regexExtractor } from "./extractor.ts";
import { parseExpression, parseName, parseQuoted, parseRegex } from "./parse-expression.ts";
import { QueryText } from "./query-text.ts";

/** Source: CloudWatch Logs user guide, "CloudWatch Logs quotas". */
const most = { limit: 100_000, stats: 2 } as const;
const notBuilt = ["pattern", "diff", "anomaly", "join", "lookup", "source", "subqueries", "append"];

/**
 * Reads a query of Logs Insights: commands with `|` between.
 * Source: CloudWatch Logs user guide, "CloudWatch Logs Insights language query syntax".
 * @throws BadQuery
 */
export function parseQuery(query: string): Query {
  const text = new QueryText(query);
  const commands: Command[] = [];
  do {
    if (text.isAtEnd) break; // no command at all, or a bar at the end
    commands.push(...parseCommand(text));
  } while (text.takes("|"));
  if (!text.isAtEnd) text.fail(`unexpected symbol found ${text.seen()}`);
  if (commands.filter(({ do: what }) => what === "stats").length > most.stats) {
    throw new BadQuery(`a query has at most ${most.stats} stats commands`, 0, query.length);
  }
  return { commands };
}

function parseCommand(text: QueryText): readonly Command[] {
  text.skip();
  const start = text.at;
  const name = text.match(/[a-z]+(?![\w.@(])/iy)?.[0].toLowerCase();
  switch (name) {
    case "fields":
    case "display":
      return [{ do: name, list: parseNamed(text) }];
    case "filter":
    case "filterindex":
      return [{ do: "filter", by: parseExpression(text) }];
    case "stats":
      return [parseStats(text)];
    case "sort":
      return [{ do: "sort", keys: parseSortKeys(text) }];
    case "limit":
    case "head":
      return [{ do: "limit", count: parseCount(text) }];
    case "parse":
      return [parseParse(text)];
    case "dedup":
      return [{ do: "dedup", keys: parseList(text, () => parseExpression(text)) }];
    case "unnest":
      return [parseUnnest(text)];
    case "unmask":
      return [{ do: "fields", list: parseNamed(text) }]; // nothing is masked here
    case undefined:
      return text.fail(`unexpected symbol found ${text.seen()}`, start);
    default:
      return text.fail(
        notBuilt.includes(name) ? `Hatoba does not have the command ${name} yet` : `unexpected symbol found ${name}`,
        start,
      );
  }
}

function parseList<T>(text: QueryText, item: () => T): readonly T[] {
  const list = [item()];
  while (text.takes(",")) list.push(item());
  return list;
}

function parseNamed(text: QueryText, aggregates = false): readonly Named[] {
  return parseList(text, () => {
    text.skip();
    const start = text.at;
    const of = parseExpression(text, { depth: 0, aggregates });
    const written = text.text.slice(start, text.at).trim();
    const alias = text.takesWord("as") ? parseAlias(text) : undefined;
    return { name: alias ?? (of.is === "field" ? of.name : written), of };
  });
}

const parseAlias = (text: QueryText): string =>
  parseName(text)?.text ?? text.fail(`unexpected symbol found ${text.seen()}, a name is expected`);

function parseStats(text: QueryText): Command {
  const list = parseNamed(text, true);
  const by = text.takesWord("by") ? parseNamed(text) : [];
  for (const [at, { name, of }] of list.entries()) {
    // What has no aggregate may be worked out from what stands before it.
    const known = new Set([...list.slice(0, at), ...by].map((each) => each.name));
    const fields = fieldsIn(of);
    if (aggregatesIn(of).length === 0 && !(fields.length > 0 && fields.every((field) => known.has(field)))) {
      text.fail(`${name} of stats has no aggregate function`);
    }
  }
  return { do: "stats", list, by };
}

function parseSortKeys(text: QueryText): readonly SortKey[] {
  return parseList(text, () => {
    const of = parseExpression(text);
    const descending = text.takesWord("desc");
    if (!descending) text.takesWord("asc");
    return { of, descending };
  });
}

function parseCount(text: QueryText): number {
  const count = Number(
    text.match(/\d{1,9}/y)?.[0] ?? text.fail(`unexpected symbol found ${text.seen()}, a number is expected`),
  );
  if (count < 1 || count > most.limit) text.fail(`a limit is between 1 and ${most.limit}`);
  return count;
}

/** `parse @message "user=*, id=*" as user, id`, or with a regular expression whose groups are named. */
function parseParse(text: QueryText): Command {
  const from: Expression = { is: "field", name: parseName(text)?.text ?? "@message" };
  const start = text.at;
  const regex = parseRegex(text);
  if (regex !== undefined) {
    const names = [...regex.source.matchAll(/(?<!\\)\(\?<([A-Za-z_]\w*)>/g)].map(([, name = ""]) => name);
    if (text.takesWord("as")) parseList(text, () => parseAlias(text));
    if (names.length === 0) text.fail("a regular expression of parse has named groups", start);
    return { do: "parse", from, extractor: regexExtractor(regex, names) };
  }
  const glob = parseQuoted(text) ?? text.fail(`unexpected symbol found ${text.seen()}, a pattern is expected`);
  if (!text.takesWord("as")) text.fail(`unexpected symbol found ${text.seen()}, 'as' is expected`);
  const names = parseList(text, () => parseAlias(text));
  const asterisks = glob.split("*").length - 1;
  if (asterisks !== names.length) text.fail(`the pattern has ${asterisks} asterisks for ${names.length} names`, start);
  return { do: "parse", from, extractor: globExtractor(glob, names) };
}

function parseUnnest(text: QueryText): Command {
  const from = parseExpression(text);
  if (!text.takesWord("into")) text.fail(`unexpected symbol found ${text.seen()}, 'into' is expected`);
  return { do: "unnest", from, into: parseAlias(text) };
}
