import { expect, test } from "vitest";
import { defaultSettings } from "../../settings.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ensureDefaultNetwork, planDefaultNetwork } from "./default-network.ts";
import { zoneIdOf } from "./zones.ts";

test("is there once, however often it is seen to", async () => {
  const store = new MemoryStore();
  const ensure = () => ensureDefaultNetwork({ store, settings: defaultSettings });
  await Promise.all([ensure(), ensure()]);
  await ensure();
  expect(store.snapshot().count("vpc")).toBe(1);
  expect(store.snapshot().count("subnet")).toBe(3);
  expect(store.snapshot().count("securityGroup")).toBe(1);
  expect(planDefaultNetwork(store.snapshot(), defaultSettings)).toEqual([]);
});

test("a new zone gets the next free block, and what is there stays", async () => {
  const store = new MemoryStore();
  await ensureDefaultNetwork({ store, settings: defaultSettings });
  const before = store.snapshot().list("subnet");
  const settings = { ...defaultSettings, availabilityZones: ["us-east-1f", "us-east-1a"], vpcCidr: "10.0.0.0/16" };
  await ensureDefaultNetwork({ store, settings });
  const after = store.snapshot().list("subnet");
  expect(after.slice(0, 3)).toEqual(before);
  expect(after.slice(3).map(({ value }) => [value.availabilityZone, value.cidrBlock])).toEqual([
    ["us-east-1f", "172.31.48.0/20"],
  ]);
});

test.each([
  ["us-east-1a", "use1-az1"],
  ["eu-central-1c", "euc1-az3"],
  ["ap-southeast-2b", "apse2-az2"],
  ["us-gov-west-1a", "usgw1-az1"],
])("the id of zone %s is %s", (zone, id) => {
  expect(zoneIdOf(zone)).toBe(id);
});
