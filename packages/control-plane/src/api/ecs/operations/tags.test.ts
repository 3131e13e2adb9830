import { describe, expect, test } from "vitest";
import {
  exampleCluster,
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleService,
  exampleServiceArn,
  exampleTask,
  exampleTaskArn,
  exampleTaskDefinition,
  exampleTaskDefinitionArn,
} from "../../../model/examples.ts";
import { exampleContext, given, refusal } from "../example-context.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";

async function withEverything() {
  const context = exampleContext();
  await given(
    context,
    { kind: "cluster", arn: exampleClusterArn, value: exampleCluster() },
    { kind: "taskDefinition", arn: exampleTaskDefinitionArn, value: exampleTaskDefinition({ status: "INACTIVE" }) },
    { kind: "service", arn: exampleServiceArn, value: exampleService() },
    { kind: "task", arn: exampleTaskArn(), value: exampleTask() },
    { kind: "containerInstance", arn: exampleContainerInstanceArn(), value: exampleContainerInstance() },
  );
  return context;
}

const arns = [
  exampleClusterArn,
  exampleTaskDefinitionArn,
  exampleServiceArn,
  exampleTaskArn(),
  exampleContainerInstanceArn(),
];

test.each(arns)("tags come and go on %s", async (resourceArn) => {
  const context = await withEverything();
  await tagResource({ resourceArn, tags: [{ key: "a", value: "1" }, { key: "b" }] }, context);
  await tagResource({ resourceArn, tags: [{ key: "a", value: "2" }] }, context);
  await untagResource({ resourceArn, tagKeys: ["b", "unknown"] }, context);
  expect(await listTagsForResource({ resourceArn }, context)).toEqual({ tags: [{ key: "a", value: "2" }] });
});

describe("refusals", () => {
  const arn = (resource: string) => `arn:aws:ecs:us-east-1:000000000000:${resource}`;
  test.each([
    ["nonsense", "InvalidParameterException: The ARN provided is invalid."],
    ["arn:aws:s3:::bucket", "InvalidParameterException: The ARN provided is invalid."],
    [
      arn("capacity-provider/x"),
      "ClientException: The specified capacity provider was not found. Specify a valid capacity provider and try again.",
    ],
    [arn("cluster/nope"), "ClusterNotFoundException: Cluster not found."],
    [arn("service/default/nope"), "ServiceNotFoundException: Service not found."],
    [arn("task-definition/nope:1"), "ClientException: The specified task definition does not exist."],
    [arn("task/default/nope"), "InvalidParameterException: The specified task was not found."],
    // Source: turbot/steampipe-plugin-aws 1247.
    [arn("service/web"), "InvalidParameterException: Long arn format must be used for tagging operations"],
  ])("%s", async (resourceArn, message) => {
    const context = await withEverything();
    expect(await refusal(listTagsForResource({ resourceArn }, context))).toBe(message);
    expect(await refusal(tagResource({ resourceArn, tags: [{ key: "a" }] }, context))).toBe(message);
  });

  // Source: gruntwork-io/cloud-nuke 145.
  test("an INACTIVE cluster", async () => {
    const context = exampleContext();
    await given(context, { kind: "cluster", arn: exampleClusterArn, value: exampleCluster({ status: "INACTIVE" }) });
    expect(await refusal(tagResource({ resourceArn: exampleClusterArn, tags: [] }, context))).toBe(
      "InvalidParameterException: The specified cluster is inactive. Specify an active cluster and try again.",
    );
  });
});
