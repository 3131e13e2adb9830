import { describe, expect, test } from "vitest";
import { type MachineScope, mayMachine } from "./machine-rights.ts";

const scope: MachineScope = {
  instanceId: "mi-1",
  ownsContainerInstance: (identifier) => identifier === "own",
  ownsTask: (identifier) => identifier === "arn:aws:ecs:::task/own",
  ownsAttachment: (arn) => arn === "own",
  ownsLogGroup: (name) => name === "own",
};
const task = "arn:aws:ecs:::task/own";

describe("a machine's key", () => {
  test.each<readonly [string, Record<string, unknown>]>([
    ["ecs:RegisterContainerInstance", {}],
    ["ecs:CreateCluster", {}],
    ["ecs:CreateCluster", { clusterName: "default" }],
    ["ecs:DiscoverPollEndpoint", { containerInstance: "own" }],
    ["ecs:SubmitTaskStateChange", { task }],
    ["ecs:SubmitContainerStateChange", { task }],
    ["ecs:SubmitAttachmentStateChanges", { attachments: [{ attachmentArn: "own" }] }],
    ["ecs:UpdateContainerInstancesState", { containerInstances: ["own"] }],
    ["ecs:DescribeContainerInstances", { containerInstances: ["own"] }],
    ["ecs:DeregisterContainerInstance", { containerInstance: "own" }],
    ["ecs:ListContainerInstances", { filter: "ec2InstanceId == mi-1" }],
    ["ecs:ListTagsForResource", { resourceArn: "own" }],
    ["ecs:ListTagsForResource", { resourceArn: task }],
    ["logs:CreateLogGroup", { logGroupName: "own" }],
    ["logs:CreateLogStream", { logGroupName: "own" }],
    ["logs:PutLogEvents", { logGroupName: "own" }],
    ["logs:GetLogEvents", { logGroupName: "own" }],
    ["logs:DescribeLogGroups", { logGroupNamePrefix: "own" }],
    ["ssm:DeregisterManagedInstance", { InstanceId: "mi-1" }],
    ["ssm:DescribeInstanceInformation", { Filters: [{ Key: "InstanceIds", Values: ["mi-1"] }] }],
    ["sts:GetCallerIdentity", {}],
  ])("opens %s with %j", (action, input) => {
    expect(mayMachine(action, input, scope)).toBe(true);
  });

  test.each<readonly [string, Record<string, unknown>]>([
    ["ecs:RunTask", {}],
    ["ecs:DescribeTasks", { tasks: [task] }],
    ["ecs:ExecuteCommand", { task }],
    ["iam:CreateRole", {}],
    ["ssm:CreateActivation", {}],
    ["sts:AssumeRole", {}],
    ["toString", {}],
    ["ecs:CreateCluster", { clusterName: "mine" }],
    ["ecs:DiscoverPollEndpoint", {}],
    ["ecs:DiscoverPollEndpoint", { containerInstance: "other" }],
    ["ecs:SubmitTaskStateChange", {}],
    ["ecs:SubmitTaskStateChange", { task: "arn:aws:ecs:::task/other" }],
    ["ecs:SubmitAttachmentStateChanges", {}],
    ["ecs:SubmitAttachmentStateChanges", { attachments: [{ attachmentArn: "own" }, { attachmentArn: "other" }] }],
    ["ecs:UpdateContainerInstancesState", { containerInstances: ["own", "other"] }],
    ["ecs:DeregisterContainerInstance", { containerInstance: "other" }],
    ["ecs:ListContainerInstances", {}],
    ["ecs:ListContainerInstances", { filter: "ec2InstanceId == mi-2" }],
    ["ecs:ListTagsForResource", { resourceArn: "other" }],
    ["logs:GetLogEvents", { logGroupName: "other" }],
    ["logs:FilterLogEvents", { logGroupName: "own" }],
    ["logs:DescribeLogGroups", {}],
    ["ssm:DeregisterManagedInstance", { InstanceId: "mi-2" }],
    ["ssm:DescribeInstanceInformation", {}],
    ["ssm:DescribeInstanceInformation", { Filters: [{ Key: "InstanceIds", Values: ["mi-1", "mi-2"] }] }],
  ])("does not open %s with %j", (action, input) => {
    expect(mayMachine(action, input, scope)).toBe(false);
  });
});
