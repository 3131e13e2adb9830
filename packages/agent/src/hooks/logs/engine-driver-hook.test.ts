import type { ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { expect, test } from "vitest";
import { containerPayload, taskPayload } from "../../engine/engine.fixture.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { EngineDriverHook } from "./engine-driver-hook.ts";

const option = (name: string) =>
  ({ name, valueFrom: "p", provider: "ssm", region: "r", type: "BOOTSTRAP", target: "LOG_DRIVER" }) as const;

function created(LogConfig: object | undefined, more: Partial<ChannelTaskDefinitionContainer> = {}) {
  const dockerHostConfig = LogConfig === undefined ? {} : { LogConfig };
  const dockerConfig = { version: "1.24", config: "{}", hostConfig: JSON.stringify(dockerHostConfig) };
  const container = containerPayload("app", { dockerConfig, ...more });
  const hook = new EngineDriverHook({ secrets: async () => ({ "splunk-token": "s3cret" }) });
  return hook.beforeCreate({ task: taskPayload(1), container, runtimeName: "r" }, {
    dockerHostConfig,
  } as ContainerSpec);
}

test.each([
  ["json-file", { "max-size": "10m", "max-file": "3" }],
  ["syslog", { "syslog-address": "udp://127.0.0.1:514", tag: "{{.Name}}" }],
  ["gelf", { "gelf-address": "udp://127.0.0.1:12201" }],
  ["fluentd", { "fluentd-address": "127.0.0.1:24224", mode: "blocking" }],
  ["none", {}],
  ["local", { mode: "non-blocking", "max-buffer-size": "4m" }],
])("%s goes to the engine as it is", async (Type, Config) => {
  expect((await created({ Type, Config })).dockerHostConfig).toEqual({ LogConfig: { Type, Config } });
});

test("without a size a container that does not wait has a buffer of 10 MB", async () => {
  const { dockerHostConfig } = await created({ Type: "json-file", Config: { mode: "non-blocking" } });
  expect(dockerHostConfig.LogConfig).toMatchObject({ Config: { mode: "non-blocking", "max-buffer-size": "10m" } });
});

test("secret options get their values", async () => {
  const Config = { "splunk-url": "https://splunk:8088" };
  const { dockerHostConfig } = await created({ Type: "splunk", Config }, { secrets: [option("splunk-token")] });
  expect(dockerHostConfig.LogConfig).toEqual({ Type: "splunk", Config: { ...Config, "splunk-token": "s3cret" } });
});

test("the agent's own drivers, and a container without one, are left alone", async () => {
  const firelens = { Type: "awsfirelens", Config: { Name: "x", mode: "non-blocking" } };
  expect((await created(firelens, { secrets: [option("key")] })).dockerHostConfig).toEqual({ LogConfig: firelens });
  const awslogs = { Type: "awslogs", Config: { "awslogs-group": "g" } };
  expect((await created(awslogs)).dockerHostConfig).toEqual({ LogConfig: awslogs });
  expect((await created(undefined)).dockerHostConfig).toEqual({});
  await expect(created(awslogs, { secrets: [option("awslogs-group")] })).rejects.toThrow("takes no secretOptions");
});
