import type { APIErrorType, SecretValueEntry } from "@aws-sdk/client-secrets-manager";
import { ApiError } from "../../api-error.ts";
import { SecretsError } from "../api-error.ts";
import type { Operation, SecretsContext } from "../operation.ts";
import { page } from "../page.ts";
import { noteAccess, readValue, type VersionWish } from "../read-value.ts";
import { secretFilter } from "../secret-filters.ts";
import { requireLiveSecret } from "../secret-identifiers.ts";

const mostInBatch = 20;

async function valueOf(secretId: string, wish: VersionWish, context: SecretsContext): Promise<SecretValueEntry> {
  const snapshot = context.store.snapshot();
  const secret = requireLiveSecret(snapshot, secretId, context.caller);
  const value = readValue(snapshot, secret.value, wish, context);
  await noteAccess(secret, context);
  return value;
}

/** Source: Secrets Manager API reference, GetSecretValue. */
export const getSecretValue: Operation<"GetSecretValue"> = (input, context) =>
  valueOf(input.SecretId ?? "", input, context);

/** AWSCURRENT of up to twenty, named or by filters. Source: Secrets Manager API reference, BatchGetSecretValue. */
export const batchGetSecretValue: Operation<"BatchGetSecretValue"> = async (input, context) => {
  const { SecretIdList, Filters, MaxResults } = input;
  if ((SecretIdList === undefined) === (Filters === undefined)) {
    throw new SecretsError(
      "InvalidParameterException",
      "Either 'SecretIdList' or 'Filters' must be provided, but not both.",
    );
  }
  if (MaxResults !== undefined && Filters === undefined) {
    throw new SecretsError(
      "InvalidParameterException",
      "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
    );
  }
  const { ids, NextToken } =
    SecretIdList === undefined ? filtered(input, context) : { ids: SecretIdList, NextToken: undefined };
  const values: SecretValueEntry[] = [];
  const errors: APIErrorType[] = [];
  for (const secretId of ids) {
    try {
      values.push(await valueOf(secretId, {}, context));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push({ SecretId: secretId, ErrorCode: error.name, Message: error.message });
    }
  }
  return { SecretValues: values, Errors: errors, ...(NextToken === undefined ? {} : { NextToken }) };
};

function filtered(
  { Filters = [], MaxResults = mostInBatch, NextToken }: Parameters<typeof batchGetSecretValue>[0],
  { store }: SecretsContext,
): { readonly ids: readonly string[]; readonly NextToken: string | undefined } {
  const matches = secretFilter(Filters);
  const found = store
    .snapshot()
    .list("secret")
    .filter(({ value }) => value.deletesAt === undefined && value.versions.length > 0 && matches(value));
  const { items, ...rest } = page(found, ({ arn }) => [arn], { NextToken, MaxResults });
  return { ids: items.map(({ arn }) => arn), NextToken: rest.NextToken };
}
