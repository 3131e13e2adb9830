import { parameterVersionKey } from "../../../model/parameter.ts";
import { ApiError } from "../../api-error.ts";
import { SsmError } from "../api-error.ts";
import { page } from "../page.ts";
import { parameterWithValue } from "../parameters/describe-parameter.ts";
import { type FoundParameter, parseReference, requireVersion } from "../parameters/find-parameter.ts";
import type { ParameterContext, ParameterOperation } from "../parameters/parameter-context.ts";
import { parameterFilter } from "../parameters/parameter-filters.ts";
import { checkPath, isUnder } from "../parameters/parameter-name.ts";

const most = 10;

const shown = (found: FoundParameter, { sealedParameters: sealed, caller: place }: ParameterContext, decrypt = false) =>
  parameterWithValue(found, { sealed, decrypt, place });

/** Source: Systems Manager API reference, GetParameter. @throws SsmError ParameterNotFound, ParameterVersionNotFound */
export const getParameter: ParameterOperation<"GetParameter"> = async (input, context) => {
  const found = requireVersion(context.store.snapshot(), input.Name ?? "", context.caller);
  return { Parameter: shown(found, context, input.WithDecryption) };
};

/**
 * Up to ten at once; those that are not there are named apart. One that was asked for by its ARN is answered with it as its
 * name, since that is how ECS agents find it again. Source: Systems Manager API reference, GetParameters.
 */
export const getParameters: ParameterOperation<"GetParameters"> = async ({ Names = [], WithDecryption }, context) => {
  if (new Set(Names).size < Names.length) {
    throw new SsmError("ValidationException", "Duplicate parameters are not allowed in the request.");
  }
  const snapshot = context.store.snapshot();
  const answers = Names.map((name) => {
    try {
      const parameter = shown(requireVersion(snapshot, name, context.caller), context, WithDecryption);
      return parseReference(name).arn === undefined ? parameter : { ...parameter, Name: name };
    } catch (error) {
      if (error instanceof ApiError) return name;
      throw error;
    }
  });
  return {
    Parameters: answers.filter((answer) => typeof answer !== "string"),
    InvalidParameters: answers.filter((answer) => typeof answer === "string"),
  };
};

/** In the order of their names, ten at the most. Source: Systems Manager API reference, GetParametersByPath. */
export const getParametersByPath: ParameterOperation<"GetParametersByPath"> = async (input, context) => {
  const { Path = "", Recursive = false, ParameterFilters = [], MaxResults = most, NextToken, WithDecryption } = input;
  checkPath(Path);
  const matches = parameterFilter(ParameterFilters, "by path");
  const snapshot = context.store.snapshot();
  const found = snapshot
    .list("parameter")
    .filter(({ value }) => isUnder(value.name, Path, Recursive))
    .flatMap((parameter) => {
      const { name, latest } = parameter.value;
      const version = snapshot.get("parameterVersion", parameterVersionKey(name, latest));
      return version !== undefined && matches({ parameter: parameter.value, version: version.value, snapshot })
        ? [{ parameter, version }]
        : [];
    });
  const { items, nextToken } = page(found, ({ parameter }) => parameter.value.name, {
    nextToken: NextToken,
    size: MaxResults,
  });
  return {
    Parameters: items.map((each) => shown(each, context, WithDecryption)),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
};
