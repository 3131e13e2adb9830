import { beforeEach, expect, test } from "vitest";
import { SealedTexts } from "../../../credentials/sealed-text.ts";
import { exampleContext, refusal } from "../../ecs/example-context.ts";
import type { SecretsContext } from "../../secrets-manager/operation.ts";
import { operations } from "../../secrets-manager/operations.ts";
import { type RotateSecretRequest, rotateSecret } from "./rotate-secret.ts";

let context: SecretsContext;
beforeEach(() => {
  context = { ...exampleContext(), sealedSecrets: new SealedTexts(Buffer.alloc(32, 3), "t") };
});

const create = (SecretString: string) => operations.CreateSecret({ Name: "db", SecretString }, context);
const get = async (VersionStage = "AWSCURRENT") =>
  (await operations.GetSecretValue({ SecretId: "db", VersionStage }, context)).SecretString;
const rotate = (input: RotateSecretRequest = {}) => rotateSecret({ secretId: "db", ...input }, context);

test("a text becomes a random one, and the one of before stays as AWSPREVIOUS", async () => {
  await create("one");
  expect(await rotate({ length: 20 })).toMatchObject({ name: "db", stages: ["AWSCURRENT"] });
  expect(await get()).toMatch(/^[A-Za-z0-9]{20}$/);
  expect(await get("AWSPREVIOUS")).toBe("one");
  const { VersionIdsToStages, LastRotatedDate } = await operations.DescribeSecret({ SecretId: "db" }, context);
  expect(Object.values(VersionIdsToStages ?? {})).toEqual([["AWSPREVIOUS"], ["AWSCURRENT"]]);
  expect(LastRotatedDate).toBeInstanceOf(Date);
});

test("of a JSON object one member changes", async () => {
  await create('{"username":"app","password":"one","port":5432}');
  await rotate();
  const { password, ...rest } = JSON.parse((await get()) ?? "") as Record<string, unknown>;
  expect(rest).toEqual({ username: "app", port: 5432 });
  expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
  await rotate({ jsonKey: "username", value: "web" });
  expect(await get()).toContain('"username":"web"');
  expect(await refusal(rotate({ jsonKey: "none" }))).toMatch(/^InvalidParameterException/);
});

test("the new value can be put where it is used before it is finished", async () => {
  await create("one");
  expect(await refusal(rotate({ step: "finish" }))).toContain("has no version with the stage AWSPENDING");
  await rotate({ step: "create", value: "two" });
  expect([await get(), await get("AWSPENDING")]).toEqual(["one", "two"]);
  await rotate({ step: "finish" });
  expect([await get(), await get("AWSPREVIOUS")]).toEqual(["two", "one"]);
  expect(await refusal(rotate({ step: "undo" }))).toMatch(/^InvalidParameterException/);
});

test.each([{ value: "" }, { value: "x".repeat(65_537) }, { length: 0 }, { length: 4097 }])(
  "a value that a secret cannot have is refused: %o",
  async (input) => {
    await create("one");
    expect(await refusal(rotate(input))).toMatch(/^(InvalidParameter|Validation)Exception: (?!.*x{20})/);
    expect(await get()).toBe("one");
  },
);
