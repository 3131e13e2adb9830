import type { Wording } from "../http/service-definition.ts";
import type { Problem } from "../wire/problem.ts";

/** How CloudWatch words what breaks its schema: one parameter at a time, by its name in a form. Source: texts of refusals. */
export const cloudWatchWording: Wording = {
  notBuilt: "UnsupportedOperationException",
  internal: "InternalServiceFault",
  badInput([problem]) {
    const { kind, demand } = problem;
    if (kind === "unreadable" || kind === "type") return { name: "SerializationException", message: demand };
    if (kind === "missing") {
      return { name: "MissingRequiredParameterException", message: `The parameter ${nameOf(problem)} is required.` };
    }
    return { name: "InvalidParameterValueException", message: sentenceOf(problem) };
  },
};

function sentenceOf(problem: Problem): string {
  const { value, demand, allowed = [] } = problem;
  const name = nameOf(problem);
  if (problem.kind === "enum") return `The parameter ${name} must be a value in the set [ ${allowed.join(", ")} ].`;
  const most = problem.kind === "length" ? /length less than or equal to (\d+)$/.exec(demand)?.[1] : undefined;
  if (most !== undefined) {
    return value === undefined
      ? `The collection ${name} must not have a size greater than ${most}.`
      : `The parameter ${name} must be shorter than ${Number(most) + 1} characters.`;
  }
  if (value === undefined) return `The collection ${name} must not be empty.`;
  return `The value ${value} for parameter ${name} is invalid.`;
}

/** `MetricData.member.1.MetricName`. */
const nameOf = ({ path }: Problem) =>
  path.map((step) => (typeof step === "number" ? `member.${step}` : step)).join(".");
