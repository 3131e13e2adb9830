import type * as sdk from "@aws-sdk/client-ecs";
import { serviceFrom } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireList } from "../require.ts";
import { describeService } from "../services/describe-service.ts";

/** Shows up to ten services of a cluster, also INACTIVE ones. Unknown ones are failures, not errors. Source: ECS API reference, DescribeServices. */
export const describeServices: Operation<"DescribeServices"> = async (input, { store, clock, caller }) => {
  const snapshot = store.snapshot();
  const cluster = requireCluster(snapshot, input.cluster, caller);
  const names = requireList(input.services, "Services", 10);
  const tags = input.include?.includes("TAGS") ?? false;
  const services: sdk.Service[] = [];
  const failures: sdk.Failure[] = [];
  for (const arn of new Set(names.map((name) => serviceFrom(name, cluster, caller).arn))) {
    const stored = snapshot.get("service", arn);
    if (stored === undefined) failures.push({ arn, reason: "MISSING" });
    else services.push(describeService(stored, snapshot, { tags, now: clock.now() }));
  }
  return { services, failures };
};
