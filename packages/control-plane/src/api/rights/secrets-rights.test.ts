import { describe, expect, test, vi } from "vitest";
import { compilePolicy } from "../../authorization/compile-policy.ts";
import { examplePlace } from "../../model/examples.ts";
import { parameterKey } from "../../model/parameter.ts";
import { ManualClock } from "../../platform/clock.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { exampleContext } from "../ecs/example-context.ts";
import { operatorService } from "../operator/service.ts";
import { operatorRights } from "./operator-rights.ts";
import type { Input } from "./right.ts";
import { RoleRights } from "./role-rights.ts";
import { secretsManagerRights } from "./secrets-manager-rights.ts";
import { ssmRights } from "./ssm-rights.ts";

const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-a1b2c3";
const parameters = "arn:aws:ssm:us-east-1:000000000000:parameter";
const store = new MemoryStore();
const tags = [{ Key: "team", Value: "red" }];
await store.commit([
  {
    kind: "secret",
    arn,
    expected: 0,
    value: { name: "db", arn, versions: [], tags, createdAt: 0, changedAt: 0 },
  },
  {
    kind: "parameter",
    arn: parameterKey("/app/a"),
    expected: 0,
    value: { name: "/app/a", oldest: 1, latest: 1, tags },
  },
]);
const scope = { place: examplePlace, snapshot: store.snapshot() };
const resourcesOf = (table: typeof ssmRights, operation: string, input: Input) =>
  table[operation]?.(input, scope).map(({ action, resource }) =>
    action === undefined ? resource : [action, resource],
  );

describe("a parameter", () => {
  test.each<[string, Input, readonly unknown[]]>([
    ["GetParameter", { Name: "/app/a:3" }, [`${parameters}/app/a`]],
    ["GetParameter", { Name: `${parameters}/app/a:live` }, [`${parameters}/app/a`]],
    ["GetParameters", { Names: ["/app/a", "plain"] }, [`${parameters}/app/a`, `${parameters}/plain`]],
    ["GetParametersByPath", { Path: "/app/" }, [`${parameters}/app`]],
    ["GetParametersByPath", { Path: "/" }, [`${parameters}/`]],
    ["PutParameter", { Name: "/app/b" }, [`${parameters}/app/b`]],
    ["PutParameter", { Name: "n", Tags: tags }, [`${parameters}/n`, ["ssm:AddTagsToResource", `${parameters}/n`]]],
    ["AddTagsToResource", { ResourceType: "Parameter", ResourceId: "/app/a" }, [`${parameters}/app/a`]],
  ])("%s of %j needs the right on its ARN", (operation, input, resources) => {
    expect(resourcesOf(ssmRights, operation, input)).toEqual(resources);
  });

  test("is known by its tags", () => {
    expect(ssmRights["GetParameter"]?.({ Name: "/app/a" }, scope)[0]?.keys).toEqual({
      "aws:ResourceTag/team": "red",
      "ssm:resourceTag/team": "red",
    });
  });
});

describe("a secret", () => {
  const read = "secretsmanager:GetSecretValue";
  test.each<[string, Input, readonly unknown[]]>([
    ["GetSecretValue", { SecretId: "db" }, [arn]],
    ["GetSecretValue", { SecretId: arn }, [arn]],
    ["GetSecretValue", { SecretId: arn.slice(0, -7) }, [arn]],
    ["GetSecretValue", { SecretId: "none" }, [`${arn.slice(0, arn.lastIndexOf("db-"))}none-??????`]],
    ["BatchGetSecretValue", { SecretIdList: ["db"] }, ["*", [read, arn]]],
    ["BatchGetSecretValue", { Filters: [] }, ["*", [read, "*"]]],
    ["DeleteSecret", { SecretId: "db" }, [arn]],
  ])("%s of %j needs the right on its ARN", (operation, input, resources) => {
    expect(resourcesOf(secretsManagerRights, operation, input)).toEqual(resources);
  });

  test.each<[Input, readonly unknown[]]>([
    [{ secretId: "db" }, ["*", ["secretsmanager:RotateSecret", arn]]],
    [
      { secretId: "db", value: "mine" },
      ["*", ["secretsmanager:RotateSecret", arn], ["secretsmanager:PutSecretValue", arn]],
    ],
  ])("the operator's RotateSecret of %j needs the rights on the secret besides its own", (input, resources) => {
    expect(resourcesOf(operatorRights, "RotateSecret", input)).toEqual(resources);
  });

  test("is not set by a session that may do everything in ECS, and nothing with secrets", () => {
    const rights = new RoleRights({ store, clock: new ManualClock() });
    const session = { roleArn: "arn:aws:iam::000000000000:role/ci", sessionName: "s", expiresAt: 1e15 };
    const mayDo = (Action: string[]) => {
      const policy = JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: "*" } });
      const layers = { identity: [compilePolicy(policy, "identity")] };
      vi.spyOn(rights.policies, "layersOf").mockReturnValue(layers);
      const caller = { ...exampleContext().caller, roleSession: session };
      const service = operatorService({} as never);
      const call = { caller, service, operation: "RotateSecret", input: { secretId: "db", value: "mine" } };
      rights.requireRight({ ...call, details: { requestId: "r", endpoint: "http://h" } } as never);
    };
    expect(() => mayDo(["ecs:*"])).toThrow("secretsmanager:RotateSecret");
    expect(() => mayDo(["ecs:*", "secretsmanager:*"])).not.toThrow();
  });

  test("is known by its tags and the version that is asked for", () => {
    expect(secretsManagerRights["GetSecretValue"]?.({ SecretId: "db" }, scope)[0]?.keys).toMatchObject({
      "secretsmanager:ResourceTag/team": "red",
      "secretsmanager:VersionStage": "AWSCURRENT",
    });
  });
});
