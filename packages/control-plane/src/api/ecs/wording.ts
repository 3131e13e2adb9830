import type { Wording } from "../http/service-definition.ts";
import type { Problem } from "../wire/problem.ts";

/** How ECS words what it refuses before an operation sees it. Sources: see each. */
export const ecsWording: Wording = {
  notBuilt: "UnsupportedFeatureException",
  internal: "ServerException",
  badInput([problem], operation) {
    if (problem.kind === "unreadable" || problem.kind === "type") {
      return { name: "SerializationException", message: `${problem.demand}${at(problem)}` };
    }
    return {
      // Task definitions are refused with ClientException, everything else with InvalidParameterException.
      name: operation.endsWith("TaskDefinition") ? "ClientException" : "InvalidParameterException",
      message: sentenceOf(problem),
    };
  },
};

const at = ({ path }: Problem) => (path.length === 0 ? "" : ` at ${pathOf(path)}`);

/** `containerDefinitions[0].image`: positions count from 0 here, as in the caller's own JSON. */
const pathOf = (path: Problem["path"]) =>
  path.map((step, index) => (typeof step === "number" ? `[${step - 1}]` : index === 0 ? step : `.${step}`)).join("");

function sentenceOf({ kind, path, demand, allowed = [], value }: Problem): string {
  if (kind === "missing") return `${pathOf(path)} can not be blank.`;
  // "launch type should be one of [EC2,FARGATE,EXTERNAL]": getmoto/moto has the text from the service.
  if (kind === "enum") return `${wordsOf(path)} should be one of [${allowed.join(",")}]`;
  const shown = value === undefined ? "Value" : `Value '${value}'`;
  return `${shown} at '${pathOf(path)}' failed to satisfy constraint: ${demand}`;
}

/** The last member's name as words: `launch type`. */
function wordsOf(path: Problem["path"]): string {
  const name = path.findLast((step) => typeof step === "string") ?? "value";
  return String(name)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
