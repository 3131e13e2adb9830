import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { PolicyText, RequestContext } from "./policy-text.ts";
import { resolvePattern, resolveText } from "./policy-text.ts";
import { matches, type Pattern, patternOf } from "./wildcard.ts";

/** Whether one value of a request passes one value of a policy. */
type Comparison = (value: string, wanted: PolicyText, context: RequestContext) => boolean;

/** What a value of a request is compared with once the policy's text is resolved; an open variable compares with nothing. */
const byText =
  (test: (value: string, wanted: string) => boolean): Comparison =>
  (value, wanted, context) => {
    const text = resolveText(wanted, context);
    return text !== undefined && test(value, text);
  };
const byPattern =
  (test: (value: string, wanted: Pattern) => boolean): Comparison =>
  (value, wanted, context) => {
    const pattern = resolvePattern(wanted, context);
    return pattern !== undefined && test(value, pattern);
  };
const byNumber = (test: (value: number, wanted: number) => boolean): Comparison =>
  byText((value, wanted) => {
    const [left, right] = [numberOf(value), numberOf(wanted)];
    return left !== undefined && right !== undefined && test(left, right);
  });
const byDate = (test: (value: number, wanted: number) => boolean): Comparison =>
  byText((value, wanted) => {
    const [left, right] = [timeOf(value), timeOf(wanted)];
    return left !== undefined && right !== undefined && test(left, right);
  });

const equals: Comparison = byText((value, wanted) => value === wanted);
const likeArn: Comparison = byPattern(arnMatches);

interface Operator {
  readonly compares: Comparison;
  /** `…Not…`: passes if no value of the policy is met, and if the request has none. */
  readonly negated?: true;
}
const not = (compares: Comparison): Operator => ({ compares, negated: true });
const equalsIgnoringCase = byText((value, wanted) => value.toLowerCase() === wanted.toLowerCase());
const like = byPattern((value, wanted) => matches(wanted, value));
const inBlock = byText((value, wanted) => isInBlock(value, wanted));

/** Source: IAM user guide, "IAM JSON policy elements: Condition operators". */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { compares: equals },
  StringNotEquals: not(equals),
  StringEqualsIgnoreCase: { compares: equalsIgnoringCase },
  StringNotEqualsIgnoreCase: not(equalsIgnoringCase),
  StringLike: { compares: like },
  StringNotLike: not(like),
  NumericEquals: { compares: byNumber((value, wanted) => value === wanted) },
  NumericNotEquals: not(byNumber((value, wanted) => value === wanted)),
  NumericLessThan: { compares: byNumber((value, wanted) => value < wanted) },
  NumericLessThanEquals: { compares: byNumber((value, wanted) => value <= wanted) },
  NumericGreaterThan: { compares: byNumber((value, wanted) => value > wanted) },
  NumericGreaterThanEquals: { compares: byNumber((value, wanted) => value >= wanted) },
  DateEquals: { compares: byDate((value, wanted) => value === wanted) },
  DateNotEquals: not(byDate((value, wanted) => value === wanted)),
  DateLessThan: { compares: byDate((value, wanted) => value < wanted) },
  DateLessThanEquals: { compares: byDate((value, wanted) => value <= wanted) },
  DateGreaterThan: { compares: byDate((value, wanted) => value > wanted) },
  DateGreaterThanEquals: { compares: byDate((value, wanted) => value >= wanted) },
  Bool: { compares: equalsIgnoringCase },
  BinaryEquals: { compares: equals },
  IpAddress: { compares: inBlock },
  NotIpAddress: not(inBlock),
  ArnEquals: { compares: likeArn },
  ArnLike: { compares: likeArn },
  ArnNotEquals: not(likeArn),
  ArnNotLike: not(likeArn),
};

interface Reading {
  readonly base: string;
  readonly quantifier?: "ForAllValues" | "ForAnyValue";
  readonly ifExists: boolean;
}

function read(name: string): Reading | undefined {
  const [, quantifier, base = "", suffix] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const isNull = base === "Null" && quantifier === undefined && suffix === undefined;
  if (!isNull && !Object.hasOwn(operators, base)) return undefined;
  return {
    base,
    ifExists: suffix !== undefined,
    ...(quantifier === undefined ? {} : { quantifier: quantifier as "ForAllValues" | "ForAnyValue" }),
  };
}

/** Whether IAM has an operator of that name, with its quantifier and `IfExists`. */
export const isConditionOperator = (name: string): boolean => read(name) !== undefined;

/** Whether a request's values, absent or not, pass an operator with the policy's values. */
export type ConditionTest = (
  values: readonly string[] | undefined,
  wanted: readonly PolicyText[],
  context: RequestContext,
) => boolean;

/** The test behind an operator's name. @throws Error for a name that `isConditionOperator` refuses */
export function conditionTest(name: string): ConditionTest {
  const reading = read(name);
  if (reading === undefined) throw new Error(`there is no condition operator ${name}`);
  if (reading.base === "Null") return isAbsent;
  const { compares, negated } = operators[reading.base] as Operator;
  const { quantifier, ifExists } = reading;
  return (values, wanted, context) => {
    // Keys of several values without any are as good as absent; only ForAllValues is passed by nothing.
    if (values === undefined || values.length === 0) {
      if (ifExists || quantifier === "ForAllValues") return true;
      return quantifier === undefined && negated === true;
    }
    const passes = (value: string) => wanted.some((each) => compares(value, each, context)) !== (negated ?? false);
    // Without a quantifier, a negated operator asks that no value is met, any other that one is.
    const all = quantifier === "ForAllValues" || (quantifier === undefined && negated === true);
    return all ? values.every(passes) : values.some(passes);
  };
}

const isAbsent: ConditionTest = (values, wanted, context) =>
  wanted.some((each) => resolveText(each, context)?.toLowerCase() === String(values === undefined));

function numberOf(text: string): number | undefined {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** Epoch milliseconds of an ISO 8601 date, or of seconds since 1970. */
function timeOf(text: string): number | undefined {
  const time = /^\d+(\.\d+)?$/.test(text) && text.length > 4 ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function isInBlock(address: string, block: string): boolean {
  const [network = "", length] = block.split("/");
  const family = familyOf(network);
  if (family === undefined || familyOf(address) !== family) return false;
  const bits = length === undefined ? (family === "ipv4" ? 32 : 128) : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === "ipv4" ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(address, family);
}
const familyOf = (address: string) => (isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined);

/** Part by part of the six that colons make: a wildcard does not reach over a colon. */
function arnMatches(arn: string, wanted: Pattern): boolean {
  const parts = arn.split(":");
  if (parts.length < 6) return false;
  const patterns = splitAtColons(wanted);
  if (patterns.length < 6) return patterns.length === 1 && matches(wanted, arn); // "*" alone
  const texts = [...parts.slice(0, 5), parts.slice(5).join(":")];
  return texts.every((text, index) => matches(patterns[index] ?? patternOf(""), text));
}

/** At most six parts; the last one has what is left. */
function splitAtColons(pattern: Pattern): Pattern[] {
  const parts: Pattern[] = [];
  let rest = pattern;
  while (parts.length < 5) {
    const colon = rest.indexOf(":");
    if (colon < 0) break;
    parts.push(rest.slice(0, colon));
    rest = rest.slice(colon + 1);
  }
  return [...parts, rest];
}
