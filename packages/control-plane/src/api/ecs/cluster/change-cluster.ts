import type * as sdk from "@aws-sdk/client-ecs";
import type { Cluster } from "../../../model/cluster.ts";
import type { Snapshot } from "../../../store/store.ts";
import type { OperationContext } from "../../operation-context.ts";
import { commitPlan } from "../commit-plan.ts";
import { type FoundCluster, requireCluster } from "../require.ts";
import { describeCluster, wholeCluster } from "./describe-cluster.ts";

/**
 * Changes the ACTIVE cluster that a call names and answers how it is then. `change` may throw to refuse.
 * @throws EcsError ClusterNotFoundException.
 */
export async function changeCluster(
  identifier: string | undefined,
  { store, caller }: Pick<OperationContext, "store" | "caller">,
  change: (found: FoundCluster, snapshot: Snapshot) => Cluster,
): Promise<sdk.Cluster> {
  return commitPlan(store, (snapshot) => {
    const found = requireCluster(snapshot, identifier, caller);
    const value = change(found, snapshot);
    const { arn, revision } = found.stored;
    return {
      writes: [{ kind: "cluster", arn, expected: revision, value }],
      result: describeCluster({ ...found.stored, value }, snapshot, wholeCluster),
    };
  });
}
