import { describe, expect, test } from "vitest";
import { exampleTime } from "../../../model/examples.ts";
import { exampleContext, refusal } from "../example-context.ts";
import { exampleRegistration } from "../task-definition/example-registration.ts";
import { deleteTaskDefinitions } from "./delete-task-definitions.ts";
import { deregisterTaskDefinition } from "./deregister-task-definition.ts";
import { describeTaskDefinition } from "./describe-task-definition.ts";
import { listTaskDefinitionFamilies } from "./list-task-definition-families.ts";
import { listTaskDefinitions } from "./list-task-definitions.ts";
import { registerTaskDefinition } from "./register-task-definition.ts";

const arn = (name: string) => `arn:aws:ecs:us-east-1:000000000000:task-definition/${name}`;

/** A store with these families, a revision for each time that one is named. */
async function withFamilies(...families: readonly string[]) {
  const context = exampleContext();
  for (const family of families) await registerTaskDefinition(exampleRegistration({ family }), context);
  return context;
}

describe("RegisterTaskDefinition", () => {
  test("answers what DescribeTaskDefinition then shows", async () => {
    const context = exampleContext();
    const tags = [{ key: "a", value: "1" }];
    const registered = await registerTaskDefinition(exampleRegistration({ tags }), context);
    expect(registered.tags).toEqual(tags);
    expect(registered.taskDefinition).toEqual({
      taskDefinitionArn: arn("web:1"),
      family: "web",
      revision: 1,
      status: "ACTIVE",
      containerDefinitions: [
        {
          name: "app",
          image: "web:1",
          cpu: 0,
          memory: 128,
          essential: true,
          environment: [],
          mountPoints: [],
          portMappings: [],
          systemControls: [],
          volumesFrom: [],
        },
      ],
      volumes: [],
      placementConstraints: [],
      compatibilities: ["EXTERNAL", "EC2"],
      requiresAttributes: [{ name: "com.amazonaws.ecs.capability.docker-remote-api.1.18" }],
      registeredAt: new Date(exampleTime),
      registeredBy: "arn:aws:iam::000000000000:root",
    });
    const described = await describeTaskDefinition({ taskDefinition: "web" }, context);
    expect(described).toEqual({ taskDefinition: registered.taskDefinition });
    expect((await describeTaskDefinition({ taskDefinition: "web:1", include: ["TAGS"] }, context)).tags).toEqual(tags);
  });

  test("at the same time gives every one its own revision", async () => {
    const context = exampleContext();
    const calls = Array.from({ length: 20 }, () => registerTaskDefinition(exampleRegistration(), context));
    const revisions = (await Promise.all(calls)).map(({ taskDefinition }) => taskDefinition?.revision ?? 0);
    expect(revisions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test.each([
    [{ family: "" }, "ClientException: Family should not be null or empty."],
    [{ family: "no spaces" }, "ClientException: Family contains invalid characters."],
    [{ family: "x".repeat(256) }, "ClientException: Family is longer than 255 characters."],
    [{ containerDefinitions: [] }, "ClientException: Container list cannot be empty."],
    [
      { cpu: "much" },
      "ClientException: Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    ],
  ])("%j is refused, and uses up no revision", async (overrides, message) => {
    const context = exampleContext();
    expect(await refusal(registerTaskDefinition(exampleRegistration(overrides), context))).toBe(message);
    expect(context.store.snapshot().revision).toBe(0);
  });
});

describe("DescribeTaskDefinition", () => {
  test("a family stands for its newest ACTIVE revision, by number", async () => {
    const context = await withFamilies(...Array.from({ length: 11 }, () => "web"));
    const newest = async () =>
      (await describeTaskDefinition({ taskDefinition: "web" }, context)).taskDefinition?.revision;
    expect(await newest()).toBe(11);
    await deregisterTaskDefinition({ taskDefinition: "web:11" }, context);
    expect(await newest()).toBe(10);
    const inactive = await describeTaskDefinition({ taskDefinition: arn("web:11") }, context);
    expect(inactive.taskDefinition).toMatchObject({ status: "INACTIVE", deregisteredAt: new Date(exampleTime) });
  });

  test.each(["nope", "web:2", arn("nope:1")])("%s is not there", async (taskDefinition) => {
    expect(await refusal(describeTaskDefinition({ taskDefinition }, await withFamilies("web")))).toBe(
      "ClientException: Unable to describe task definition.",
    );
  });
});

describe("lists", () => {
  test("of task definitions, by family and revision", async () => {
    const context = await withFamilies("b", "a", "b", "ab");
    await deregisterTaskDefinition({ taskDefinition: "b:1" }, context);
    const list = async (input = {}) => (await listTaskDefinitions(input, context)).taskDefinitionArns;
    expect(await list()).toEqual(["a:1", "ab:1", "b:2"].map(arn));
    expect(await list({ sort: "DESC" })).toEqual(["b:2", "ab:1", "a:1"].map(arn));
    expect(await list({ familyPrefix: "a" })).toEqual([arn("a:1")]);
    expect(await list({ status: "INACTIVE" })).toEqual([arn("b:1")]);
  });

  test("page by page, in the order of the numbers", async () => {
    const context = await withFamilies(...Array.from({ length: 12 }, () => "web"));
    const seen: (string | undefined)[] = [];
    for (let nextToken: string | undefined; ; ) {
      const page = await listTaskDefinitions({ maxResults: 5, nextToken }, context);
      seen.push(...(page.taskDefinitionArns ?? []));
      nextToken = page.nextToken;
      if (nextToken === undefined) break;
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, index) => arn(`web:${index + 1}`)));
  });

  test("of families", async () => {
    const context = await withFamilies("web", "worker", "old", "web");
    await deregisterTaskDefinition({ taskDefinition: "old:1" }, context);
    await deregisterTaskDefinition({ taskDefinition: "web:1" }, context);
    const list = async (input = {}) => (await listTaskDefinitionFamilies(input, context)).families;
    expect(await list()).toEqual(["old", "web", "worker"]);
    expect(await list({ status: "ACTIVE" })).toEqual(["web", "worker"]);
    expect(await list({ status: "INACTIVE" })).toEqual(["old"]);
    expect(await list({ familyPrefix: "w" })).toEqual(["web", "worker"]);
  });
});

describe("DeregisterTaskDefinition", () => {
  test("twice is once", async () => {
    const context = await withFamilies("web");
    await deregisterTaskDefinition({ taskDefinition: "web:1" }, context);
    const again = await deregisterTaskDefinition({ taskDefinition: "web:1" }, context);
    expect(again.taskDefinition?.status).toBe("INACTIVE");
  });

  // Source of the texts: getmoto/moto, moto/ecs/exceptions.py and models.py.
  test.each([
    ["web", "ClientException: Revision is missing."],
    ["web:x", "InvalidParameterException: Invalid revision number. Number: x"],
    ["web:9", "ClientException: The specified task definition does not exist."],
  ])("of %s is refused", async (taskDefinition, message) => {
    expect(await refusal(deregisterTaskDefinition({ taskDefinition }, await withFamilies("web")))).toBe(message);
  });
});

describe("DeleteTaskDefinitions", () => {
  test("deletes INACTIVE ones and says why it leaves the others; the number is not used again", async () => {
    const context = await withFamilies("web", "web");
    await deregisterTaskDefinition({ taskDefinition: "web:2" }, context);
    const answer = await deleteTaskDefinitions(
      { taskDefinitions: ["web:2", arn("web:2"), "web:1", "web", "nope:1"] },
      context,
    );
    expect(answer.taskDefinitions).toHaveLength(1);
    expect(answer.taskDefinitions?.[0]).toMatchObject({
      revision: 2,
      status: "DELETE_IN_PROGRESS",
      deleteRequestedAt: new Date(exampleTime),
    });
    expect(answer.failures).toEqual([
      {
        arn: "web:1",
        reason: "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
      },
      {
        arn: "web",
        reason: "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
      },
      {
        arn: "nope:1",
        reason:
          "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
      },
    ]);
    const { taskDefinition } = await registerTaskDefinition(exampleRegistration(), context);
    expect(taskDefinition?.revision).toBe(3);
  });

  test.each([
    [[], "InvalidParameterException: size of TaskDefinition references list must be greater than 0"],
    [
      Array.from({ length: 11 }, (_, index) => `web:${index + 1}`),
      "InvalidParameterException: Size of TaskDefinition references list cannot exceed 10",
    ],
  ])("%#: too few or too many", async (taskDefinitions, message) => {
    expect(await refusal(deleteTaskDefinitions({ taskDefinitions }, exampleContext()))).toBe(message);
  });
});
