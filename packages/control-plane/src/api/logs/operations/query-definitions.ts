import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { type QueryDefinition, queryDefinitionKey } from "../../../model/log-filter.ts";
import { LogsError } from "../api-error.ts";
import type { LogsContext, Operation } from "../operation.ts";
import { page } from "../page.ts";
import { deleteRecord, putRecord } from "../records.ts";

/** Of one account. Source: CloudWatch Logs user guide, "CloudWatch Logs quotas". */
const mostDefinitions = 1_000;

/** Keeps a query, or changes one that is kept; without log groups it has none. Source: API reference, PutQueryDefinition. */
export const putQueryDefinition: Operation<"PutQueryDefinition"> = async (input, { store, clock, ids }) => {
  const { queryDefinitionId, name = "", queryString = "", logGroupNames = [], queryLanguage = "CWLI" } = input;
  if (queryLanguage !== "CWLI" || input.parameters?.length) {
    throw new LogsError("InvalidParameterException", "Hatoba has the query language CWLI only, and no parameters.");
  }
  const id = queryDefinitionId ?? ids.uuid();
  const snapshot = store.snapshot();
  if (queryDefinitionId !== undefined && snapshot.get("queryDefinition", queryDefinitionKey(id)) === undefined) {
    throw notFound();
  }
  if (queryDefinitionId === undefined && snapshot.count("queryDefinition") >= mostDefinitions) {
    throw new LogsError("LimitExceededException", "Resource limit exceeded.");
  }
  const value = { id, name, queryString, logGroupNames: [...logGroupNames], modifiedAt: clock.now() };
  await putRecord(store, "queryDefinition", queryDefinitionKey(id), () => value);
  return { queryDefinitionId: id };
};

const notFound = () => new LogsError("ResourceNotFoundException", "The specified query definition does not exist.");

const describe = (definition: QueryDefinition): sdk.QueryDefinition => ({
  queryLanguage: "CWLI",
  queryDefinitionId: definition.id,
  name: definition.name,
  queryString: definition.queryString,
  lastModified: definition.modifiedAt,
  logGroupNames: [...definition.logGroupNames],
});

/** By their names. Source: CloudWatch Logs API reference, DescribeQueryDefinitions. */
export const describeQueryDefinitions: Operation<"DescribeQueryDefinitions"> = async (input, { store }) => {
  const { queryDefinitionNamePrefix: prefix = "", queryLanguage = "CWLI", maxResults, nextToken } = input;
  const keyOf = ({ name, id }: QueryDefinition) => `${name}\n${id}`;
  const definitions = store
    .snapshot()
    .list("queryDefinition")
    .map(({ value }) => value)
    .filter(({ name }) => queryLanguage === "CWLI" && name.startsWith(prefix))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const found = page(definitions, keyOf, { nextToken, limit: maxResults, most: 1_000 });
  return {
    queryDefinitions: found.items.map(describe),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

/** Source: CloudWatch Logs API reference, DeleteQueryDefinition. */
export const deleteQueryDefinition: Operation<"DeleteQueryDefinition"> = async (
  { queryDefinitionId = "" },
  { store }: LogsContext,
) => {
  if (!(await deleteRecord(store, "queryDefinition", queryDefinitionKey(queryDefinitionId)))) throw notFound();
  return { success: true };
};
