import * as secretsManager from "@aws-sdk/client-secrets-manager";
import * as ssm from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { limitsOf } from "../limits/read-limits.ts";
import { operationSchemas } from "./operation-schema.ts";

const secret = "geheim".repeat(20_000);
const checks = {
  ssm: operationSchemas(ssm, await limitsOf("ssm")),
  secretsManager: operationSchemas(secretsManager, await limitsOf("secretsmanager")),
};

test("what is wrong with a secret is told without it", () => {
  const problems = [
    ...(checks.secretsManager("CreateSecret")?.check({ Name: "n", SecretString: secret }) ?? []),
    ...(checks.secretsManager("PutSecretValue")?.check({ SecretId: "n", SecretString: "" }) ?? []),
    ...(checks.ssm("PutParameter")?.check({ Name: "n", Value: [secret] }) ?? []),
  ];
  expect(problems.map(({ kind }) => kind)).toEqual(["length", "length", "type"]);
  expect(JSON.stringify(problems)).not.toContain("geheim");
  // Others are shown, as AWS shows them.
  expect(checks.ssm("PutParameter")?.check({ Name: "n", Value: "v", Tier: "Big" })).toMatchObject([{ value: "Big" }]);
});
