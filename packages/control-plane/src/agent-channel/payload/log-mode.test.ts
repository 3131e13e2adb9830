import type { LogConfiguration } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { accountSettingKey } from "../../model/account-setting.ts";
import { exampleTaskArn, exampleTaskDefinition } from "../../model/examples.ts";
import { MemoryStore } from "../../store/memory-store.ts";
import { withLogMode } from "./log-mode.ts";

const store = new MemoryStore();
const definition = (logConfiguration?: LogConfiguration) =>
  exampleTaskDefinition({
    registered: { containerDefinitions: [{ name: "app", ...(logConfiguration && { logConfiguration }) }] },
  });
const modeOf = (logConfiguration?: LogConfiguration) =>
  withLogMode(definition(logConfiguration), store.snapshot(), exampleTaskArn()).registered.containerDefinitions?.[0]
    ?.logConfiguration?.options?.mode;

test("what a container does not say of its logs, the account does", async () => {
  expect(modeOf({ logDriver: "json-file" })).toBe("non-blocking");
  await store.commit([
    {
      kind: "accountSetting",
      arn: accountSettingKey("defaultLogDriverMode", "arn:aws:iam::000000000000:root"),
      expected: 0,
      value: {
        name: "defaultLogDriverMode",
        value: "blocking",
        principalArn: "arn:aws:iam::000000000000:root",
      },
    },
  ]);
  expect(modeOf({ logDriver: "json-file", options: { "max-size": "1m" } })).toBe("blocking");
  expect(modeOf({ logDriver: "awslogs", options: { mode: "non-blocking" } })).toBe("non-blocking");
});

test("without a log driver of its own, or with FireLens, there is nothing to say", () => {
  expect(modeOf()).toBeUndefined();
  expect(modeOf({ logDriver: "awsfirelens" })).toBeUndefined();
  const plain = definition();
  expect(withLogMode(plain, store.snapshot(), exampleTaskArn())).toBe(plain);
});
