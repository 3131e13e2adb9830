import { describe, expect, test } from "vitest";
import { clusterFrom, containerInstanceFrom, serviceFrom, taskDefinitionFrom, taskFrom } from "./identifiers.ts";

const place = { accountId: "000000000000", region: "us-east-1" };
const id = "0123456789abcdef0123456789abcdef";
const arn = (resource: string) => `arn:aws:ecs:us-east-1:000000000000:${resource}`;
const demo = clusterFrom("demo", place);

describe("clusters", () => {
  test.each([
    [undefined, "default"],
    ["", "default"],
    ["demo", "demo"],
    [arn("cluster/demo"), "demo"],
  ])("%s is %s", (identifier, name) => {
    expect(clusterFrom(identifier, place)).toEqual({ name, arn: arn(`cluster/${name}`) });
  });

  test.each([
    // Source: awslabs/amazon-ecs-nodejs-microservices 18.
    ["has space", "Cluster must match ^[a-zA-Z0-9\\-_]{1,255}$, but was has space"],
    [
      "arn:aws:ecs:us-east-1:999999999999:cluster/demo",
      "Invalid identifier: Identifier is for 999999999999. Your accountId is 000000000000",
    ],
    [
      "arn:aws:ecs:eu-west-1:000000000000:cluster/demo",
      "Invalid identifier: Identifier is for eu-west-1. Your region is us-east-1",
    ],
    // Source: pulumi/pulumi-awsx 406.
    [arn(`cluster/${arn("cluster/demo")}`), "Invalid identifier: Unexpected number of separators"],
    ["arn:aws:ecs", "Invalid identifier: Unexpected number of separators"],
  ])("%s is refused", (identifier, message) => {
    expect(() => clusterFrom(identifier, place)).toThrow(message);
  });
});

describe("resources inside a cluster", () => {
  test.each([id, `demo/${id}`, `task/demo/${id}`, arn(`task/demo/${id}`), arn(`task/${id}`)])(
    "task %s",
    (identifier) => {
      expect(taskFrom(identifier, demo, place)).toEqual({ name: id, arn: arn(`task/demo/${id}`) });
    },
  );

  test.each(["web", "demo/web", arn("service/demo/web"), arn("service/web")])("service %s", (identifier) => {
    expect(serviceFrom(identifier, demo, place)).toEqual({ name: "web", arn: arn("service/demo/web") });
  });

  test("a container instance", () => {
    expect(containerInstanceFrom(id, demo, place).arn).toBe(arn(`container-instance/demo/${id}`));
  });

  test.each([
    // Source: aws/aws-toolkit-vscode 2915.
    [arn(`task/jan7/${id}`), "Invalid identifier: Identifier is for cluster jan7. Your cluster is demo"],
    // Source: aws/aws-cli 10057.
    ["short", "taskId length should be one of [32,36]"],
    [arn(`service/demo/${id}`), "Invalid identifier: Identifier is for service. Expected task"],
    [arn(`task/a/b/${id}`), "Invalid identifier: Unexpected number of separators"],
  ])("task %s is refused", (identifier, message) => {
    expect(() => taskFrom(identifier, demo, place)).toThrow(message);
  });
});

describe("task definitions", () => {
  test.each([
    ["web", { family: "web" }],
    ["web:3", { family: "web", revision: 3, arn: arn("task-definition/web:3") }],
    [arn("task-definition/web:3"), { family: "web", revision: 3, arn: arn("task-definition/web:3") }],
    [arn("task-definition/web"), { family: "web" }],
  ])("%s", (identifier, expected) => {
    expect(taskDefinitionFrom(identifier, place)).toEqual(expected);
  });

  test.each(["web:x", "web:0", "web:-1", "web:1.5", "web:99999999999", "web:"])(
    "%s has no revision number",
    (identifier) => {
      expect(() => taskDefinitionFrom(identifier, place)).toThrow("Invalid revision number. Number: ");
    },
  );
});
