import { describe, expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleId,
} from "../../../model/examples.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { deleteAttributes } from "./delete-attributes.ts";
import { listAttributes } from "./list-attributes.ts";
import { putAttributes } from "./put-attributes.ts";

const targetType = "container-instance" as const;

async function withInstances() {
  const context = exampleContext();
  await given(context, { kind: "cluster", arn: exampleClusterArn, value: exampleCluster() });
  for (const number of [1, 2]) {
    const value = exampleContainerInstance({ attributes: [{ name: "ecs.os-type", value: "linux" }] });
    await given(context, { kind: "containerInstance", arn: exampleContainerInstanceArn(number), value });
  }
  return context;
}

test("attributes are set, found and taken away", async () => {
  const context = await withInstances();
  const attributes = [
    { name: "stack", value: "a", targetId: exampleId(1), targetType },
    { name: "rack", targetId: exampleContainerInstanceArn(1) },
    { name: "stack", value: "b", targetId: exampleContainerInstanceArn(2) },
  ];
  expect(await putAttributes({ attributes }, context)).toEqual({ attributes });
  await putAttributes({ attributes: [{ name: "stack", value: "c", targetId: exampleId(1), targetType }] }, context);

  const list = async (input = {}) => (await listAttributes({ targetType, ...input }, context)).attributes;
  expect(await list({ attributeName: "stack" })).toEqual([
    { name: "stack", value: "c", targetId: exampleContainerInstanceArn(1) },
    { name: "stack", value: "b", targetId: exampleContainerInstanceArn(2) },
  ]);
  expect(await list({ attributeName: "stack", attributeValue: "b" })).toHaveLength(1);
  expect(await list()).toHaveLength(5);

  await deleteAttributes({ attributes: [{ name: "rack", targetId: exampleId(1), targetType }] }, context);
  expect(await list({ attributeName: "rack" })).toEqual([]);
});

describe("refusals", () => {
  const stack = { name: "stack", value: "a", targetId: exampleId(1), targetType };
  test.each([
    [[], "InvalidParameterException: attributes cannot be empty."],
    [[{ ...stack, targetId: exampleId(9) }], `TargetNotFoundException: Could not find ${exampleId(9)}`],
    [
      [{ ...stack, name: "ecs.os-type" }],
      "InvalidParameterException: Attribute ecs.os-type is set by the agent and cannot be changed.",
    ],
    [[{ ...stack, name: "bad name" }], "InvalidParameterException: Invalid attribute name: bad name"],
    [[{ name: "stack" }], "InvalidParameterException: targetId can not be blank."],
  ])("PutAttributes %#", async (attributes, message) => {
    const context = await withInstances();
    const { revision } = context.store.snapshot();
    expect(await refusal(putAttributes({ attributes }, context))).toBe(message);
    expect(context.store.snapshot().revision).toBe(revision);
  });

  test("more than ten custom attributes on an instance", async () => {
    const context = await withInstances();
    const ten = Array.from({ length: 10 }, (_, index) => ({ ...stack, name: `a${index}` }));
    await putAttributes({ attributes: ten }, context);
    expect(await refusal(putAttributes({ attributes: [stack] }, context))).toMatch(/^AttributeLimitExceededException/);
  });
});
