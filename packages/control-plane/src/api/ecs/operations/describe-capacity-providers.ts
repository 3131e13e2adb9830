import type * as sdk from "@aws-sdk/client-ecs";
import { capacityProviderArn, lastSegment } from "@hatoba/contract";
import { EcsError } from "../api-error.ts";
import {
  describeCapacityProvider,
  describeFargateProvider,
  fargateProviders,
} from "../capacity-providers/describe-capacity-provider.ts";
import { isFargateProvider } from "../capacity-providers/find-capacity-provider.ts";
import type { Operation } from "../operation.ts";
import { paginate } from "../pagination.ts";
import { requireCluster } from "../require.ts";

/**
 * Shows capacity providers by name, also INACTIVE ones; without names all that are ACTIVE, FARGATE and FARGATE_SPOT among
 * them; with a cluster only that cluster's. Source: ECS API reference, DescribeCapacityProviders.
 */
export const describeCapacityProviders: Operation<"DescribeCapacityProviders"> = async (input, { store, caller }) => {
  const snapshot = store.snapshot();
  const { capacityProviders: named = [], include = [], maxResults, nextToken } = input;
  if (named.length > 100) {
    throw new EcsError("InvalidParameterException", "capacityProviders cannot have more than 100 elements.");
  }
  const ofCluster = input.cluster
    ? requireCluster(snapshot, input.cluster, caller).stored.value.capacityProviders
    : undefined;
  const belongs = (name: string) => ofCluster === undefined || ofCluster.includes(name);
  const shown = (name: string): sdk.CapacityProvider | undefined => {
    if (isFargateProvider(name)) return describeFargateProvider(name, caller);
    const stored = snapshot.get("capacityProvider", capacityProviderArn(caller, name));
    return stored && describeCapacityProvider(stored, snapshot, { tags: include.includes("TAGS") });
  };
  if (named.length > 0) {
    const found = [...new Set(named.map(lastSegment))].map((name) => ({
      name,
      provider: belongs(name) ? shown(name) : undefined,
    }));
    return {
      capacityProviders: found.flatMap(({ provider }) => provider ?? []),
      failures: found
        .filter(({ provider }) => provider === undefined)
        .map(({ name }) => ({ arn: capacityProviderArn(caller, name), reason: "MISSING" })),
    };
  }
  const active = snapshot.list("capacityProvider").filter(({ value }) => value.status === "ACTIVE");
  const names = [...fargateProviders, ...active.map(({ value }) => value.name)].filter(belongs);
  const page = paginate(names, {
    maxResults,
    nextToken,
    limit: 10,
    listing: `DescribeCapacityProviders ${input.cluster ?? ""}`,
    keyOf: (name) => name,
  });
  return {
    capacityProviders: page.items.flatMap((name) => shown(name) ?? []),
    failures: [],
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  };
};
