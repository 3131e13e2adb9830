import { expect, test } from "vitest";
import { examplePlace } from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { ecsRights } from "./ecs-rights.ts";

const ecs = "arn:aws:ecs:us-east-1:000000000000";
const id = "0123456789abcdef0123456789abcdef";
const scope = { place: examplePlace, snapshot: new MemoryStore().snapshot() };

test.each([
  [{ cluster: "a", task: id }, ["a"]],
  [{ cluster: "a", task: `${ecs}:task/a/${id}` }, ["a"]],
  [{ cluster: "a", task: `${ecs}:task/b/${id}` }, ["a", "b"]],
  [{ task: `${ecs}:task/b/${id}` }, ["default", "b"]],
  [{ cluster: "a" }, ["a"]],
])("a report %j needs the right on the clusters %j: it is believed of the task that it names", (input, clusters) => {
  const expected = clusters.map((name) => ({ resource: `${ecs}:cluster/${name}` }));
  expect(ecsRights.SubmitTaskStateChange?.(input, scope)).toEqual(expected);
  expect(ecsRights.SubmitContainerStateChange?.(input, scope)).toEqual(expected);
});
