import { expect, test } from "vitest";
import { exampleManagedInstance } from "../../model/examples.ts";
import { managedInstanceKey } from "../../model/managed-instance.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { type CallFacts, requestContext } from "./request-context.ts";

const facts: CallFacts = {
  caller: {
    accountId: "000000000000",
    region: "us-east-1",
    arn: "arn:aws:iam::000000000000:root",
    userId: "1",
    accessKeyId: "A",
  },
  now: 0,
};

test("a session on a machine that joined is judged by the machine's tags", async () => {
  const store = new MemoryStore();
  const instanceId = "mi-0123456789abcdef0";
  const value = exampleManagedInstance({ instanceId, tags: [{ Key: "team", Value: "red" }] });
  await store.commit([{ kind: "managedInstance", arn: managedInstanceKey(instanceId), expected: 0, value }]);
  const resource = `arn:aws:ssm:us-east-1:000000000000:managed-instance/${instanceId}`;
  const context = requestContext(facts, { input: {}, right: { resource }, snapshot: store.snapshot() });
  expect(context("ssm:resourcetag/team")).toEqual(["red"]);
  expect(context("aws:resourcetag/team")).toEqual(["red"]);
  expect(context("ssm:resourcetag/other")).toBeUndefined();
});

test("a capacity provider is judged by its tags", async () => {
  const store = new MemoryStore();
  const resource = "arn:aws:ecs:us-east-1:000000000000:capacity-provider/fleet";
  const value = { name: "fleet", status: "ACTIVE" as const, createdAt: 0, tags: [{ key: "team", value: "red" }] };
  await store.commit([{ kind: "capacityProvider", arn: resource, expected: 0, value }]);
  const context = requestContext(facts, { input: {}, right: { resource }, snapshot: store.snapshot() });
  expect(context("aws:resourcetag/team")).toEqual(["red"]);
  expect(context("ecs:resourcetag/team")).toEqual(["red"]);
});
