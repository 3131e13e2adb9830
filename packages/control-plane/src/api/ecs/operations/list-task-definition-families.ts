import type { TaskDefinitionFamilyStatus } from "@aws-sdk/client-ecs";
import type { Snapshot } from "../../../store/store.ts";
import type { Operation } from "../operation.ts";
import { paginate } from "../pagination.ts";

/**
 * The families whose names begin with a prefix: those with an ACTIVE revision (ACTIVE), those with none left that once
 * had (INACTIVE), or both (ALL), which is the default. Source: ECS API reference, ListTaskDefinitionFamilies.
 */
export const listTaskDefinitionFamilies: Operation<"ListTaskDefinitionFamilies"> = async (input, { store }) => {
  const { familyPrefix: prefix = "", status = "ALL", maxResults, nextToken } = input;
  const families = familiesOf(store.snapshot(), status).filter((family) => family.startsWith(prefix));
  const listing = `ListTaskDefinitionFamilies ${prefix} ${status}`;
  const page = paginate(families, { maxResults, nextToken, listing, keyOf: (family) => family });
  return { families: [...page.items], ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }) };
};

function familiesOf(snapshot: Snapshot, wanted: TaskDefinitionFamilyStatus): readonly string[] {
  const having = (status: "ACTIVE" | "INACTIVE") =>
    new Set(snapshot.list("taskDefinition", { status }).map(({ value }) => value.family));
  const active = having("ACTIVE");
  switch (wanted) {
    case "ACTIVE":
      return [...active];
    case "INACTIVE":
      return [...having("INACTIVE").difference(active)];
    case "ALL":
      return [...having("INACTIVE").union(active)];
  }
}
