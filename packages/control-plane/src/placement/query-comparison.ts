import type { ContainerInstance } from "../model/container-instance.ts";
import type { QueryPattern } from "./query-pattern.ts";

/** A container instance as an expression looks at it. */
export interface QuerySubject {
  readonly instance: ContainerInstance;
  /** By name; those without a value map to "". */
  readonly attributes: ReadonlyMap<string, string>;
  readonly runningTasks: number;
  /** Whether a task of this group is there, and wanted. */
  isHosting(group: string): boolean;
  groups(): ReadonlySet<string>;
}

/** Operators by their one spelling; the words that stand for them are in `operatorWords`. */
export type Operator = "==" | "!=" | ">=" | "<=" | ">" | "<" | "=~" | "!~" | "in" | "!in" | "exists" | "!exists";

export const operatorWords: Readonly<Record<string, Operator>> = {
  equals: "==",
  not_equals: "!=",
  greater_than: ">",
  greater_than_equal: ">=",
  less_than: "<",
  less_than_equal: "<=",
  exists: "exists",
  not_exists: "!exists",
  in: "in",
  not_in: "!in",
  matches: "=~",
  not_matches: "!~",
};

const ordering: readonly Operator[] = ["==", "!=", ">", ">=", "<", "<="];
const naming: readonly Operator[] = ["==", "!=", "in", "!in", "=~", "!~"];

/** Fields with the operators they take. Source: ECS developer guide, "Cluster query language". */
export const fieldOperators: Readonly<Record<string, readonly Operator[]>> = {
  agentConnected: naming,
  agentVersion: ordering,
  ec2InstanceId: naming,
  registeredAt: ordering,
  runningTasksCount: ordering,
  "task:group": [...naming, "exists", "!exists"],
};

/** `subject operator argument` as read; a list argument has several, `exists` has none, `=~` has a pattern instead. */
export interface Comparison {
  readonly subject: string;
  readonly operator: Operator;
  readonly values: readonly string[];
  readonly pattern?: QueryPattern;
}

/** What a comparison says of one container instance. What is not there equals nothing and is neither less nor more. */
export function compares(comparison: Comparison): (on: QuerySubject) => boolean {
  const { subject, operator } = comparison;
  if (operator.startsWith("!")) {
    const positive = compares({ ...comparison, operator: positives[operator] ?? "==" });
    return (on) => !positive(on);
  }
  if (subject === "task:group") return groupTest(comparison);
  const read = reader(subject);
  if (operator === "exists") return (on) => read(on) !== undefined;
  const test = valueTest(comparison);
  return (on) => {
    const value = read(on);
    return value !== undefined && test(value);
  };
}

const positives: Partial<Record<Operator, Operator>> = { "!=": "==", "!~": "=~", "!in": "in", "!exists": "exists" };

function reader(subject: string): (on: QuerySubject) => string | undefined {
  if (subject.startsWith("attribute:")) {
    const name = subject.slice("attribute:".length);
    return ({ attributes }) => attributes.get(name);
  }
  const fields: Readonly<Record<string, (on: QuerySubject) => string | undefined>> = {
    agentConnected: ({ instance }) => String(instance.agentConnected),
    agentVersion: ({ instance }) => instance.versionInfo?.agentVersion,
    ec2InstanceId: ({ instance }) => instance.ec2InstanceId,
    registeredAt: ({ instance }) => String(instance.registeredAt),
    runningTasksCount: ({ runningTasks }) => String(runningTasks),
  };
  return fields[subject] ?? (() => undefined);
}

function groupTest({ operator, values, pattern }: Comparison): (on: QuerySubject) => boolean {
  if (operator === "exists") return (on) => on.groups().size > 0;
  if (pattern === undefined) return (on) => values.some((group) => on.isHosting(group));
  return (on) => [...on.groups()].some((group) => pattern.test(group));
}

function valueTest({ subject, operator, values, pattern }: Comparison): (value: string) => boolean {
  const [first = ""] = values;
  if (pattern !== undefined) return (value) => pattern.test(value);
  const order = orders[subject] ?? byNumberOrText;
  const tests: Partial<Record<Operator, (value: string) => boolean>> = {
    ">": (value) => order(value, first) > 0,
    ">=": (value) => order(value, first) >= 0,
    "<": (value) => order(value, first) < 0,
    "<=": (value) => order(value, first) <= 0,
  };
  const equal = subject in orders ? (value: string, wanted: string) => order(value, wanted) === 0 : Object.is;
  return tests[operator] ?? ((value) => values.some((wanted) => equal(value, wanted)));
}

type Order = (value: string, argument: string) => number;
const byText: Order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byNumberOrText: Order = (a, b) => {
  const difference = Number(a) - Number(b);
  return a.trim() === "" || b.trim() === "" || Number.isNaN(difference) ? byText(a, b) : difference;
};
/** As 1.9.0 < 1.14.5. */
const byVersion: Order = (a, b) => {
  const [left, right] = [a, b].map((version) => version.replace(/^v/, "").split("."));
  for (let part = 0; part < Math.max(left?.length ?? 0, right?.length ?? 0); part++) {
    const difference = byNumberOrText(left?.[part] ?? "0", right?.[part] ?? "0");
    if (difference !== 0) return difference;
  }
  return 0;
};
const byTime: Order = (value, argument) => Number(value) - (parseDate(argument) ?? Number.NaN);

const orders: Readonly<Record<string, Order>> = {
  agentVersion: byVersion,
  registeredAt: byTime,
  runningTasksCount: byNumberOrText,
};

/** Epoch milliseconds of `2018-06-18`, `2018-06-18T22:28:28`, with `Z` or an offset; without one it is UTC. */
export function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return undefined;
  const time = Date.parse(
    /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.includes("T") ? text : `${text}T00:00:00`}Z`,
  );
  return Number.isNaN(time) ? undefined : time;
}
