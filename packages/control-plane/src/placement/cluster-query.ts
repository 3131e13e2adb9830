import {
  type Comparison,
  compares,
  fieldOperators,
  type Operator,
  operatorWords,
  parseDate,
  type QuerySubject,
} from "./query-comparison.ts";
import { mostInstructions, type QueryPattern, readQueryPattern } from "./query-pattern.ts";
import { PatternProblem } from "./query-pattern-reader.ts";
import { QueryScanner, QuerySyntaxError } from "./query-scanner.ts";

/** An expression of the cluster query language, ready to be asked. */
export interface ClusterQuery {
  matches(on: QuerySubject): boolean;
}
type Test = (on: QuerySubject) => boolean;

/**
 * Reads an expression, as `attribute:ecs.instance-type =~ g2.* and not(task:group == database)`; or says what is wrong
 * with it, and where. Source: ECS developer guide, "Cluster query language".
 */
export function parseClusterQuery(text: string): ClusterQuery | { readonly error: string } {
  try {
    const scanner = new QueryScanner(text);
    const matches = either(scanner);
    return scanner.atEnd ? { matches } : scanner.fail("expected and, or, or the end");
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error;
    return { error: `Invalid cluster query expression: ${error.message}.` };
  }
}

function either(scanner: QueryScanner): Test {
  const tests = [both(scanner)];
  while (scanner.take(/\|\||or\b/iy) !== undefined) tests.push(both(scanner));
  return (on) => tests.some((test) => test(on));
}

function both(scanner: QueryScanner): Test {
  const tests = [negated(scanner)];
  while (scanner.take(/&&|and\b/iy) !== undefined) tests.push(negated(scanner));
  return (on) => tests.every((test) => test(on));
}

function negated(scanner: QueryScanner): Test {
  if (scanner.take(/!|not\b/iy) !== undefined) {
    const test = scanner.nested(() => negated(scanner));
    return (on) => !test(on);
  }
  if (scanner.take(/\(/y) === undefined) return compares(comparison(scanner));
  const test = scanner.nested(() => either(scanner));
  scanner.require(/\)/y, '")"');
  return test;
}

const quoted = /'[^']*'|"[^"]*"/y;
const bare = /[^\s()[\],&|=<>!'"]+/y;

function comparison(scanner: QueryScanner): Comparison {
  const subject = scanner.require(/[A-Za-z0-9_.:/\\-]+/y, "an attribute or a field");
  const isAttribute = /^attribute:./.test(subject);
  const allowed = fieldOperators[subject];
  if (!isAttribute && allowed === undefined) scanner.refuse(`unknown field ${subject}`);
  const operator = readOperator(scanner);
  if (allowed !== undefined && !allowed.includes(operator)) scanner.refuse(`${subject} does not take ${operator}`);
  if (operator === "=~" || operator === "!~") return { subject, operator, values: [], pattern: readPattern(scanner) };
  return { subject, operator, values: readArgument(scanner, subject, operator) };
}

function readOperator(scanner: QueryScanner): Operator {
  const sign = scanner.take(/==|!=|>=|<=|=~|!~|>|<|!in\b|!exists\b/y);
  if (sign !== undefined) return sign as Operator;
  const word = scanner.take(/[a-z_]+/y);
  return operatorWords[word ?? ""] ?? scanner.fail("expected an operator");
}

function readArgument(scanner: QueryScanner, subject: string, operator: Operator): readonly string[] {
  if (operator === "exists" || operator === "!exists") return [];
  if (operator === "in" || operator === "!in") return readList(scanner);
  const value = readValue(scanner);
  if (subject === "registeredAt" && parseDate(value) === undefined) scanner.refuse(`${value} is no date`);
  return [value];
}

function readList(scanner: QueryScanner): readonly string[] {
  scanner.require(/\[/y, 'a list in "[" and "]"');
  const values = [readValue(scanner)];
  while (scanner.take(/,/y) !== undefined) values.push(readValue(scanner));
  scanner.require(/\]/y, '"," or "]"');
  return values;
}

const readValue = (scanner: QueryScanner): string =>
  scanner.take(quoted)?.slice(1, -1) ?? scanner.require(bare, "a value");

/** A regular expression; those of one expression together may not be so long that instances take long to be looked at. */
function readPattern(scanner: QueryScanner): QueryPattern {
  const inQuotes = scanner.take(quoted);
  const text = inQuotes?.slice(1, -1) ?? scanner.takePattern() ?? scanner.fail("expected a value");
  try {
    const pattern = readQueryPattern(text);
    scanner.spend(pattern.size, mostInstructions);
    return pattern;
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    return scanner.refuse(error.message, error.offset + (inQuotes === undefined ? 0 : 1));
  }
}
