import type { Operation } from "../operation.ts";
import { paginate, sortable } from "../pagination.ts";

/**
 * The ARNs of the revisions of one status, ACTIVE unless told, by family and revision; `familyPrefix` is a whole family
 * name here. Source: ECS API reference, ListTaskDefinitions.
 */
export const listTaskDefinitions: Operation<"ListTaskDefinitions"> = async (input, { store }) => {
  const { familyPrefix: family, status = "ACTIVE", sort = "ASC", maxResults, nextToken } = input;
  const found = store.snapshot().list("taskDefinition", family ? { family, status } : { status });
  const page = paginate(found, {
    maxResults,
    nextToken,
    listing: `ListTaskDefinitions ${family ?? ""} ${status} ${sort}`,
    keyOf: ({ value }) => `${value.family}:${sortable(value.revision)}`,
    descending: sort === "DESC",
  });
  return {
    taskDefinitionArns: page.items.map(({ arn }) => arn),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};
