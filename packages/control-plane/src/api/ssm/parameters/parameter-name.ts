import { SsmError } from "../api-error.ts";

/** Source: Systems Manager API reference, PutParameter: 1011 characters together with the ARN's other 1037. */
const longest = 1011;
const mostLevels = 15;

const notAllowed =
  "Only a mix of letters, numbers and the following 4 symbols .-_/ are allowed; a path begins with a forward slash.";
const prefixOfPath =
  "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_";

/**
 * Whether a parameter may have this name. Source: Systems Manager API reference, PutParameter; user guide, "Requirements and
 * constraints for parameter names". @throws SsmError ValidationException, AccessDeniedException,
 * HierarchyLevelLimitExceededException
 */
export function checkParameterName(name: string): void {
  const isPath = name.includes("/");
  const [first = ""] = name.replace(/^\//, "").split("/");
  if (/^aws/i.test(first) && isPath) {
    throw new SsmError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  }
  if (/^(aws|ssm)/i.test(first)) {
    throw invalid(
      isPath
        ? `Parameter name: can't be prefixed with "ssm" (case-insensitive). ${prefixOfPath}`
        : 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).',
    );
  }
  if (isPath && !name.startsWith("/")) {
    throw invalid("Parameter name must be a fully qualified name.");
  }
  if (!/^(\/?[\w.-]+|(\/[\w.-]+)+)$/.test(name)) throw invalid(`Parameter name: ${notAllowed}`);
  if (name.length > longest) throw invalid(`Parameter name: must be at most ${longest} characters long.`);
  if (name.split("/").length - 1 > mostLevels) {
    throw new SsmError(
      "HierarchyLevelLimitExceededException",
      `A hierarchy can have a maximum of ${mostLevels} levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.`,
    );
  }
}

/**
 * Whether this is a path that parameters can be under. Source of the text: moto's observations of GetParametersByPath.
 * @throws SsmError ValidationException
 */
export function checkPath(path: string): void {
  if (path === "/" || /^(\/[\w.-]+)+\/?$/.test(path)) return;
  throw invalid(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
}

/** Whether a parameter is under a path: directly, or on any level. */
export function isUnder(name: string, path: string, isRecursive: boolean): boolean {
  const prefix = path.endsWith("/") ? path : `${path}/`;
  if (!name.startsWith("/")) return path === "/"; // a plain name is on the first level
  return name.startsWith(prefix) && (isRecursive || !name.slice(prefix.length).includes("/"));
}

const invalid = (message: string) => new SsmError("ValidationException", message);
