import { describe, expect, test } from "vitest";
import { ConfigError, readAgentConfig } from "./config.ts";

const least = {
  ECS_BACKEND_HOST: "http://127.0.0.1:4577",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "key",
  AWS_SECRET_ACCESS_KEY: "secret",
  ECS_DATADIR: "/var/lib/agent",
};

describe("the agent's variables", () => {
  test("the rest has defaults", () => {
    expect(readAgentConfig({ ...least, ECS_CLUSTER: "  " })).toMatchObject({
      cluster: "",
      endpoint: "http://127.0.0.1:4577",
      capacity: "EC2",
      pullBehaviour: "default",
      stopTimeoutSeconds: 30,
      cleanupWaitMs: 0,
      reservedTcpPorts: [22, 2375, 2376, 51678, 51679],
      logLevel: "info",
      taskEndpoints: true,
      metrics: true,
      introspection: { host: "127.0.0.1", port: 51678 },
    });
  });

  test.each([
    [{ ECS_BACKEND_HOST: "ecs.example.com/" }, { endpoint: "https://ecs.example.com" }],
    [{ ECS_EXTERNAL: "true" }, { capacity: "EXTERNAL" }],
    [{ ECS_EXTERNAL: "1" }, { capacity: "EXTERNAL" }],
    [{ ECS_EXTERNAL: "false" }, { capacity: "EC2" }],
    [{ ECS_EXTERNAL: "true", HATOBA_CAPACITY: "FARGATE" }, { capacity: "FARGATE" }],
    [{ ECS_CONTAINER_STOP_TIMEOUT: "1m30s" }, { stopTimeoutSeconds: 90 }],
    [{ ECS_CONTAINER_STOP_TIMEOUT: "10ms" }, { stopTimeoutSeconds: 1 }],
    [{ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: "3h" }, { cleanupWaitMs: 10_800_000 }],
    [
      { ECS_ENABLE_TASK_IAM_ROLE: "false", ECS_DISABLE_METRICS: "true" },
      { taskEndpoints: false, metrics: false },
    ],
    [{ HATOBA_INTROSPECTION: "0.0.0.0:8080" }, { introspection: { host: "0.0.0.0", port: 8080 } }],
    [{ ECS_RESERVED_PORTS: "[80]" }, { reservedTcpPorts: [80] }],
    [
      { AWS_SESSION_TOKEN: "token" },
      { credentials: { accessKeyId: "key", secretAccessKey: "secret", sessionToken: "token" } },
    ],
  ])("%o", (more, expected) => {
    expect(readAgentConfig({ ...least, ...more })).toMatchObject(expected);
  });

  test.each<readonly [string, string]>([
    ["ECS_BACKEND_HOST", "ftp://x"],
    ["ECS_RESERVED_MEMORY", "-1"],
    ["ECS_RESERVED_PORTS", "[70000]"],
    ["ECS_RESERVED_PORTS", "22"],
    ["ECS_INSTANCE_ATTRIBUTES", '{"a":1}'],
    ["ECS_INSTANCE_ATTRIBUTES", "{"],
    ["ECS_IMAGE_PULL_BEHAVIOR", "never"],
    ["ECS_CONTAINER_STOP_TIMEOUT", "30"],
    ["HATOBA_CAPACITY", "MOON"],
    ["ECS_LOGLEVEL", "loud"],
    ["DOCKER_HOST", "ssh://x"],
    ...Object.keys(least).map((name) => [name, ""] as const),
  ])("%s=%j is refused by name", (name, value) => {
    expect(() => readAgentConfig({ ...least, [name]: value })).toThrow(ConfigError);
    expect(() => readAgentConfig({ ...least, [name]: value })).toThrow(new RegExp(`^${name} `));
  });

  test("images are cleaned up as the genuine agent does unless that is switched off", () => {
    const usual = { everyMs: 1_800_000, minimumAgeMs: 3_600_000, imagesPerCycle: 5 };
    expect(readAgentConfig(least).imageCleanup).toEqual(usual);
    const changed = { ECS_IMAGE_CLEANUP_INTERVAL: "1m", ECS_NUM_IMAGES_DELETE_PER_CYCLE: "7" };
    expect(readAgentConfig({ ...least, ...changed }).imageCleanup).toEqual({
      ...usual,
      everyMs: 600_000,
      imagesPerCycle: 7,
    });
    expect(readAgentConfig({ ...least, ECS_DISABLE_IMAGE_CLEANUP: "true" })).not.toHaveProperty("imageCleanup");
  });

  test("logins are read, and a wrong one is not repeated", () => {
    const login = (data: string) =>
      readAgentConfig({ ...least, ECS_ENGINE_AUTH_TYPE: "docker", ECS_ENGINE_AUTH_DATA: data }).registryLogins;
    expect([...login('{"r.example":{"username":"u","password":"p"}}').keys()]).toEqual(["r.example"]);
    expect(() => login("hidden")).toThrow("ECS_ENGINE_AUTH_DATA cannot be used: it is not JSON");
  });
});
