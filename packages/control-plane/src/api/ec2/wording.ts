import type { Wording } from "../http/service-definition.ts";
import type { Problem } from "../wire/problem.ts";

/** How EC2 words what it refuses. Source: EC2 API reference, "Error codes". */
export const ec2Wording: Wording = {
  notBuilt: "UnsupportedOperation",
  internal: "InternalError",
  badInput([problem]) {
    const name = memberOf(problem);
    switch (problem.kind) {
      case "unreadable":
        return { name: "InvalidRequest", message: problem.demand };
      case "missing":
        return { name: "MissingParameter", message: `The request must contain the parameter ${name}` };
      case "type":
        return { name: "InvalidParameterValue", message: `Invalid value for parameter ${name}: ${problem.demand}` };
      case "enum":
      case "range":
      case "length":
      case "pattern": {
        const shown = problem.value === undefined ? "Value" : `Value ( ${problem.value} )`;
        return {
          name: "InvalidParameterValue",
          message: `${shown} for parameter ${name} is invalid. ${problem.demand}.`,
        };
      }
    }
  },
};

/** `maxResults`: EC2 names members with a small first letter. */
const memberOf = ({ path }: Problem) =>
  path
    .map((step) => (typeof step === "number" ? String(step) : step.charAt(0).toLowerCase() + step.slice(1)))
    .join(".");
