import type { ParametersFilter } from "@aws-sdk/client-ssm";
import { parameterVersionKey } from "../../../model/parameter.ts";
import { SsmError } from "../api-error.ts";
import { page } from "../page.ts";
import { parameterHistory, parameterMetadata } from "../parameters/describe-parameter.ts";
import { findParameter, parameterNotFound, versionsOf } from "../parameters/find-parameter.ts";
import type { ParameterOperation } from "../parameters/parameter-context.ts";
import { parameterFilter } from "../parameters/parameter-filters.ts";

const most = 50;

/** Without values, in the order of their names. Source: Systems Manager API reference, DescribeParameters. */
export const describeParameters: ParameterOperation<"DescribeParameters"> = async (input, { store, caller }) => {
  const { Filters = [], ParameterFilters = [], MaxResults = most, NextToken, Shared = false } = input;
  if (Filters.length > 0 && ParameterFilters.length > 0) {
    throw new SsmError("ValidationException", "You can use either Filters or ParameterFilters in a single request.");
  }
  const matches = parameterFilter([...ParameterFilters, ...Filters.map(inNewSpelling)], "describe");
  const snapshot = store.snapshot();
  // Nobody shares parameters with this house.
  const found = (Shared ? [] : snapshot.list("parameter")).flatMap(({ value: parameter }) => {
    const version = snapshot.get("parameterVersion", parameterVersionKey(parameter.name, parameter.latest))?.value;
    return version !== undefined && matches({ parameter, version, snapshot }) ? [{ parameter, version }] : [];
  });
  const { items, nextToken } = page(found, ({ parameter }) => parameter.name, {
    nextToken: NextToken,
    size: MaxResults,
  });
  return {
    Parameters: items.map(({ parameter, version }) => parameterMetadata(parameter, version, caller)),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
};

const inNewSpelling = ({ Key, Values }: ParametersFilter) => ({
  Key,
  Values,
  ...(Key === "Name" ? { Option: "BeginsWith" } : {}),
});

/** Every version that is kept, oldest first. Source: Systems Manager API reference, GetParameterHistory. */
export const getParameterHistory: ParameterOperation<"GetParameterHistory"> = async (input, context) => {
  const { Name = "", MaxResults = most, NextToken, WithDecryption: decrypt = false } = input;
  const { sealedParameters: sealed, store, caller } = context;
  const snapshot = store.snapshot();
  const parameter = findParameter(snapshot, Name, caller)?.value;
  if (parameter === undefined) throw parameterNotFound();
  const { items, nextToken } = page(
    versionsOf(snapshot, parameter.name),
    ({ value }) => String(value.version).padStart(16, "0"),
    { nextToken: NextToken, size: MaxResults },
  );
  return {
    Parameters: items.map(({ value }) => parameterHistory(parameter, value, { sealed, decrypt })),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
};
