import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import type { Parameter, ParameterVersion } from "../../../model/parameter.ts";
import type { Snapshot } from "../../../store/store.ts";
import { SsmError } from "../api-error.ts";
import { versionsOf } from "./find-parameter.ts";
import { isUnder } from "./parameter-name.ts";

/** What a filter looks at. */
export interface FilteredParameter {
  readonly parameter: Parameter;
  readonly version: ParameterVersion;
  readonly snapshot: Snapshot;
}
export type FilteringCall = "describe" | "by path";

interface FilterKey {
  of(found: FilteredParameter): readonly string[];
  readonly options: readonly string[];
  /** All that it may ask for. */
  readonly only?: readonly string[];
}

const equalsOrBegins = ["BeginsWith", "Equals"];
const keys: Readonly<Record<string, FilterKey>> = {
  Name: { of: ({ parameter }) => [parameter.name], options: ["BeginsWith", "Contains", "Equals"] },
  Type: {
    of: ({ version }) => [version.type],
    options: equalsOrBegins,
    only: ["String", "StringList", "SecureString"],
  },
  KeyId: { of: ({ version }) => (version.keyId === undefined ? [] : [version.keyId]), options: equalsOrBegins },
  Path: { of: ({ parameter }) => [parameter.name], options: ["Recursive", "OneLevel"] },
  Tier: {
    of: ({ version }) => [version.tier],
    options: ["Equals"],
    only: ["Standard", "Advanced", "Intelligent-Tiering"],
  },
  DataType: { of: ({ version }) => [version.dataType], options: equalsOrBegins },
  Label: {
    of: ({ parameter, snapshot }) => versionsOf(snapshot, parameter.name).flatMap(({ value }) => value.labels),
    options: equalsOrBegins,
  },
};
const keysOf: Readonly<Record<FilteringCall, readonly string[]>> = {
  describe: ["Path", "Name", "Type", "KeyId", "Tier", "DataType"],
  "by path": ["Type", "KeyId", "Label", "DataType"],
};

/**
 * The filters of DescribeParameters and GetParametersByPath as one test; all of them must hold, each by any of its values.
 * Source: Systems Manager API reference, ParameterStringFilter.
 * @throws SsmError InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
 */
export function parameterFilter(
  filters: readonly ParameterStringFilter[],
  call: FilteringCall,
): (found: FilteredParameter) => boolean {
  const names = filters.map(({ Key = "" }) => Key);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new SsmError(
      "InvalidFilterKey",
      `The following filter is duplicated in the request: ${twice}. A request can contain only one occurrence of a specific filter.`,
    );
  }
  const tests = filters.map((filter) => testOf(filter, call));
  return (found) => tests.every((test) => test(found));
}

function testOf({ Key = "", Option, Values = [] }: ParameterStringFilter, call: FilteringCall) {
  if (Key.startsWith("tag:") && call === "describe") return tagTest(Key.slice("tag:".length), Option, Values);
  const key = keysOf[call].includes(Key) ? keys[Key] : undefined;
  if (key === undefined) {
    throw new SsmError(
      "InvalidFilterKey",
      `The following filter key is not valid: ${Key}. Valid filter keys include: [${keysOf[call].join(", ")}].`,
    );
  }
  const option = Option ?? (Key === "Path" ? "OneLevel" : "Equals");
  requireOption(option, key.options);
  if (Values.length === 0) {
    throw new SsmError("InvalidFilterValue", `The following filter values are missing : null for filter key ${Key}.`);
  }
  const wrong = Values.find((value) => key.only?.includes(value) === false);
  if (wrong !== undefined) {
    throw new SsmError(
      "InvalidFilterValue",
      `The following filter value is not valid: ${wrong}. Valid values include: [${key.only?.join(", ") ?? ""}].`,
    );
  }
  return (found: FilteredParameter) => key.of(found).some((has) => Values.some((value) => fits(has, option, value)));
}

function requireOption(option: string, valid: readonly string[]): void {
  if (valid.includes(option)) return;
  throw new SsmError(
    "InvalidFilterOption",
    `The following filter option is not valid: ${option}. Valid options include: [${valid.join(", ")}].`,
  );
}

/** Without values, any value will do. */
function tagTest(name: string, option = "Equals", values: readonly string[] = []) {
  requireOption(option, equalsOrBegins);
  return ({ parameter }: FilteredParameter) =>
    parameter.tags.some(
      ({ Key, Value = "" }) =>
        Key === name && (values.length === 0 || values.some((value) => fits(Value, option, value))),
    );
}

function fits(has: string, option: string, value: string): boolean {
  switch (option) {
    case "BeginsWith":
      return has.startsWith(value);
    case "Contains":
      return has.includes(value);
    case "Recursive":
    case "OneLevel":
      return isUnder(has, value, option === "Recursive");
    default:
      return has === value;
  }
}
