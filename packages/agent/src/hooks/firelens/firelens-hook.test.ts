import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dependencyOrder } from "../../engine/dependency-order.ts";
import { containerPayload, taskArnOf, taskPayload } from "../../engine/engine.fixture.ts";
import { silentLogger } from "../../platform/logger.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { FirelensHook, type FirelensHookOptions } from "./firelens-hook.ts";
import { routerFacts } from "./router-task.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "firelens-"));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const taskId = taskArnOf(1).split("/").at(-1) ?? "";
const dockerConfig = (hostConfig: object, config: object = {}) => ({
  version: "1.24",
  config: JSON.stringify(config),
  hostConfig: JSON.stringify(hostConfig),
});
const logs = (options: Record<string, string>) => ({ LogConfig: { Type: "awsfirelens", Config: options } });
const secret = {
  valueFrom: "p",
  provider: "ssm",
  region: "us-east-1",
  type: "BOOTSTRAP",
  target: "LOG_DRIVER",
} as const;

function router(options: Record<string, string> = {}, more: Partial<ChannelTaskDefinitionContainer> = {}) {
  return containerPayload("router", { firelensConfiguration: { type: "fluentbit", options }, memory: 64, ...more });
}
function app(options: Record<string, string> = { Name: "stdout" }, more: Partial<ChannelTaskDefinitionContainer> = {}) {
  return containerPayload("app", { dockerConfig: dockerConfig(logs(options)), ...more });
}
const task = (containers: ChannelTask["containers"], more: Partial<ChannelTask> = {}) =>
  taskPayload(1, { containers, ...more });

const hook = (more: Partial<FirelensHookOptions> = {}) =>
  new FirelensHook({
    dataDir,
    engineVersion: "20.10.24",
    async: true,
    addressOf: async (_task, container) => (container === "router" ? "172.17.0.5" : undefined),
    readObject: async (_task, { bucket, key }) => Buffer.from(`# ${key} of ${bucket}`),
    logSecrets: async () => ({ Shared_Key: "s3cret" }),
    logger: silentLogger,
    ...more,
  });

function created(of: ChannelTask, name: string, by = hook()): Promise<ContainerSpec> {
  const container = of.containers.find((each) => each.name === name) as ChannelTaskDefinitionContainer;
  const spec: ContainerSpec = {
    name,
    image: "i",
    environment: { OWN: "1" },
    labels: {},
    cpuShares: 2,
    memoryMiB: 0,
    network: { mode: "bridge" },
    ports: [],
    mounts: [{ source: "v", target: "/v", readOnly: true }],
    volumesFrom: [],
    links: [],
    dockerConfig: {},
    dockerHostConfig: JSON.parse(container.dockerConfig.hostConfig) as Record<string, unknown>,
  };
  return by.beforeCreate({ task: of, container, runtimeName: name }, spec);
}

const at = (...parts: string[]) => join(dataDir, "firelens", taskId, ...parts);
const configText = () => readFileSync(at("config", "fluent.conf"), "utf8");

describe("a container that logs through the router", () => {
  test("writes by the fluentd driver to the router's socket, and is told where the router is", async () => {
    const spec = await created(task([router(), app({ Name: "stdout", "log-driver-buffer-limit": "2m" })]), "app");
    expect(spec.dockerHostConfig.LogConfig).toEqual({
      Type: "fluentd",
      Config: {
        tag: `app-firelens-${taskId}`,
        "fluentd-address": `unix://${at("socket", "fluent.sock")}`,
        "fluentd-async": "true",
        "fluentd-sub-second-precision": "true",
        "fluentd-buffer-limit": "2m",
      },
    });
    expect(spec.environment).toEqual({ OWN: "1", FLUENT_HOST: "172.17.0.5", FLUENT_PORT: "24224" });
  });

  test("has the router beside it in awsvpc mode, and no port to reach it at in host mode", async () => {
    const { environment } = await created(task([router(), app()], { networkMode: "awsvpc" }), "app");
    expect(environment).toMatchObject({ FLUENT_HOST: "127.0.0.1", FLUENT_PORT: "24224" });
    expect((await created(task([router(), app()], { networkMode: "host" }), "app")).environment).toEqual({ OWN: "1" });
  });

  test.each([
    ["19.03.15", { "fluentd-async-connect": "false" }],
    ["20.10.0", { "fluentd-async": "false" }],
    ["28.2.2", { "fluentd-async": "false" }],
  ])("engine %s, told to wait", async (engineVersion, options) => {
    const spec = await created(task([router(), app()]), "app", hook({ engineVersion, async: false }));
    expect(spec.dockerHostConfig.LogConfig).toMatchObject({ Config: options });
  });

  test("does not start where the router has no address", async () => {
    const lost = created(task([router(), app()]), "app", hook({ addressOf: async () => undefined }));
    await expect(lost).rejects.toMatchObject({ name: "DockerClientConfigError", message: /BridgeIP/ });
  });

  test("is left alone with another driver", async () => {
    const plain = task([router(), app({}, { dockerConfig: dockerConfig({ LogConfig: { Type: "syslog" } }) })]);
    const spec = await created(plain, "app");
    expect(spec.dockerHostConfig).toEqual({ LogConfig: { Type: "syslog" } });
    expect(spec.environment).toEqual({ OWN: "1" });
  });
});

describe("the router", () => {
  test("finds its configuration and the folder of its socket mounted", async () => {
    const { mounts } = await created(task([router(), app()]), "router");
    expect(mounts).toEqual([
      { source: "v", target: "/v", readOnly: true },
      { source: at("config", "fluent.conf"), target: "/fluent-bit/etc/fluent-bit.conf", readOnly: false },
      { source: `${at("socket")}/`, target: "/var/run/", readOnly: false },
    ]);
    expect(configText()).toContain("[OUTPUT]\n    Name stdout\n    Match app-firelens*\n");
    expect(configText()).toContain("    Record ecs_cluster demo\n");
    expect(statSync(at("config", "fluent.conf")).mode & 0o777).toBe(0o644);
  });

  test("of fluentd has other places, and runs as root", async () => {
    const options = { "@type": "stdout" };
    const fluentd = router({}, { firelensConfiguration: { type: "fluentd", options: {} } });
    const { mounts, environment } = await created(task([fluentd, app(options)]), "router");
    expect(mounts[1]?.target).toBe("/fluentd/etc/fluent.conf");
    expect(environment).toMatchObject({ FLUENT_UID: "0" });
  });

  test("gets secrets of log options as variables; the file has references, and no secret", async () => {
    const withSecret = app(
      { Name: "forward", "log-driver-buffer-limit": "1m" },
      { secrets: [{ ...secret, name: "Shared_Key" }] },
    );
    const { environment } = await created(task([router(), withSecret]), "router");
    expect(environment).toEqual({ OWN: "1", Shared_Key_1: "s3cret" });
    expect(configText()).toContain("    Shared_Key ${Shared_Key_1}\n");
    expect(configText()).not.toMatch(/s3cret|buffer-limit/);
  });

  test("refers to them in fluentd's way, for containers that log through it alone", () => {
    const fluentd = router({}, { firelensConfiguration: { type: "fluentd", options: {} } });
    const splunk = containerPayload("other", {
      dockerConfig: dockerConfig({ LogConfig: { Type: "splunk" } }),
      secrets: [{ ...secret, name: "splunk-token" }],
    });
    const facts = routerFacts(task([app({}, { secrets: [{ ...secret, name: "key" }] }), splunk, fluentd]));
    expect(facts?.containers).toEqual([{ name: "app", options: { key: `"#{ENV['key_0']}"` } }]);
  });

  test("has its reservation before its limit as memory", () => {
    const reserved = router({}, { dockerConfig: dockerConfig({ MemoryReservation: 32 * 1024 * 1024 }) });
    expect(routerFacts(task([reserved]))?.memoryMiB).toBe(32);
    expect(routerFacts(task([router()]))?.memoryMiB).toBe(64);
  });

  test("gets a file from S3, as the execution role", async () => {
    const options = { "config-file-type": "s3", "config-file-value": "arn:aws:s3:::settings/a/b.conf" };
    const { mounts } = await created(task([router(options), app()]), "router");
    expect(mounts.at(-1)).toMatchObject({
      source: at("config", "external.conf"),
      target: "/fluent-bit/etc/external.conf",
    });
    expect(readFileSync(at("config", "external.conf"), "utf8")).toBe("# a/b.conf of settings");
    expect(configText()).toContain("@INCLUDE /fluent-bit/etc/external.conf");
  });

  test.each<[Record<string, string>, ChannelTaskDefinitionContainer, RegExp]>([
    [{}, app({ region: "r" }), /^Unable to generate firelens config file: .*missing output key Name/],
    [
      { "config-file-type": "s3", "config-file-value": "arn:aws:s3:::b/k" },
      app(),
      /^Unable to download s3 config k from bucket b: AccessDenied$/,
    ],
  ])("stops the task with options %j", async (options, container, words) => {
    const readObject = () => Promise.reject(new Error("AccessDenied"));
    const failed = created(task([router(options), container]), "router", hook({ readObject }));
    await expect(failed).rejects.toMatchObject({ name: "TaskFailure", message: words });
  });

  test("of a user that this machine cannot know, or with a folder too deep for a socket, does not start", async () => {
    const named = task([router({}, { dockerConfig: dockerConfig({}, { User: "fluent" }) })]);
    await expect(created(named, "router")).rejects.toThrow(/^Unable to initialize resource directory .*user ID/);
    const deep = created(task([router()]), "router", hook({ dataDir: join(dataDir, "x".repeat(60)) }));
    await expect(deep).rejects.toThrow(/longer than 107 bytes/);
  });

  test.runIf(process.getuid?.() === 0)("of another user owns the folder of its socket", async () => {
    await created(task([router({}, { dockerConfig: dockerConfig({}, { User: "1000:2000" }) })]), "router");
    expect(statSync(at("socket"))).toMatchObject({ uid: 1000, gid: 2000 });
  });
});

describe("its folder", () => {
  test("goes with the task", async () => {
    const of = task([router(), app()]);
    const by = hook();
    await created(of, "router", by);
    await by.sweep([of]);
    expect(existsSync(at())).toBe(true);
    await by.sweep([]);
    expect(existsSync(at())).toBe(false);
  });
});

describe("the order", () => {
  const orderOf = (containers: ChannelTask["containers"]) => dependencyOrder(task(containers), []);

  test("router first and last", () => {
    const order = orderOf([app(), router(), containerPayload("other")]);
    expect(order?.dependenciesOf("app")).toEqual([{ on: "router", condition: "START" }]);
    expect(order?.dependenciesOf("other")).toEqual([]);
    expect(order?.dependentsOf("router")).toEqual(["app"]);
  });

  test("a condition of the user's own stays alone", () => {
    const dependsOn = [{ containerName: "router", condition: "START" as const }];
    expect(orderOf([app({}, { dependsOn }), router()])?.dependentsOf("router")).toEqual(["app"]);
  });

  test("a router that waits for somebody is waited for by nobody", () => {
    const dependsOn = [{ containerName: "app", condition: "START" as const }];
    const order = orderOf([app(), router({}, { dependsOn })]);
    expect(order?.dependenciesOf("app")).toEqual([]);
  });

  test("a router that logs through itself waits for nobody", () => {
    const own = router({}, { dockerConfig: dockerConfig(logs({ Name: "stdout" })) });
    expect(orderOf([own])?.dependenciesOf("router")).toEqual([]);
  });
});
