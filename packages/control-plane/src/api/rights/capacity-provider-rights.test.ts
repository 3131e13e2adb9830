import { expect, test } from "vitest";
import { examplePlace } from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ecsRights } from "./ecs-rights.ts";
import type { Input } from "./right.ts";

const ecs = "arn:aws:ecs:us-east-1:000000000000";
const provider = `${ecs}:capacity-provider/fleet`;
const infrastructureRoleArn = "arn:aws:iam::000000000000:role/infrastructure";
const scope = { place: examplePlace, snapshot: new MemoryStore().snapshot() };
const managedInstancesProvider = {
  infrastructureRoleArn,
  propagateTags: "CAPACITY_PROVIDER",
  instanceLaunchTemplate: { instanceMetadataTagsPropagation: true },
};
const inCluster = `ecs:PutClusterCapacityProviders ${ecs}:cluster/edge`;

test.each<[keyof typeof ecsRights, Input, readonly string[]]>([
  ["CreateCapacityProvider", { name: "fleet" }, [provider]],
  [
    "CreateCapacityProvider",
    { name: "fleet", cluster: "edge", managedInstancesProvider, tags: [{ key: "team" }] },
    [provider, inCluster, `ecs:TagResource ${provider}`, `iam:PassRole ${infrastructureRoleArn}`],
  ],
  ["UpdateCapacityProvider", { name: "fleet" }, [provider]],
  [
    "UpdateCapacityProvider",
    { name: "fleet", cluster: "edge", managedInstancesProvider },
    [provider, inCluster, `iam:PassRole ${infrastructureRoleArn}`],
  ],
  ["DeleteCapacityProvider", { capacityProvider: provider }, [provider]],
  ["DeleteCapacityProvider", { capacityProvider: "fleet", cluster: "edge" }, [provider, inCluster]],
  ["DescribeCapacityProviders", {}, [`${ecs}:capacity-provider/*`]],
  ["DescribeCapacityProviders", { capacityProviders: ["FARGATE"] }, [`${ecs}:capacity-provider/FARGATE`]],
  ["PutClusterCapacityProviders", { cluster: "edge", capacityProviders: ["fleet"] }, [`${ecs}:cluster/edge`]],
])("%s of %j needs rights on %j", (operation, input, expected) => {
  const rights = ecsRights[operation]?.(input, scope) ?? [];
  expect(rights.map(({ action, resource }) => (action === undefined ? resource : `${action} ${resource}`))).toEqual(
    expected,
  );
});

test("how instances get tags, and which providers a cluster gets, are condition keys", () => {
  const create = ecsRights.CreateCapacityProvider?.({ name: "fleet", managedInstancesProvider }, scope) ?? [];
  expect(create[0]?.keys).toEqual({
    "ecs:propagate-tags": "CAPACITY_PROVIDER",
    "ecs:instance-metadata-tags-propagation": "true",
  });
  expect(create[1]?.keys).toEqual({ "iam:PassedToService": "ecs.amazonaws.com" });
  const put = ecsRights.PutClusterCapacityProviders?.({ capacityProviders: ["fleet"] }, scope) ?? [];
  expect(put[0]?.keys).toEqual({ "ecs:capacity-provider": [provider] });
});
