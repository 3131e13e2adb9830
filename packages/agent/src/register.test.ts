import { describe, expect, test } from "vitest";
import { attributesOf } from "./attributes.ts";
import { ControlPlaneError, type Registration } from "./channel/control-plane.ts";
import type { AgentConfig } from "./config.ts";
import { readAgentConfig } from "./config.ts";
import { silentLogger } from "./platform/logger.ts";
import { register, requireSameCluster } from "./register.ts";
import { MemoryState } from "./state/memory-state.ts";

const facts = {
  engineVersion: "20.10.24",
  apiVersion: "1.41",
  cpus: 2,
  memoryMiB: 4000,
  architecture: "x86_64",
  loggingDrivers: ["json-file", "local", "syslog"],
} as const;
const config = (more: Partial<AgentConfig> = {}): AgentConfig => ({
  ...readAgentConfig({
    ECS_BACKEND_HOST: "http://127.0.0.1:4577",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "k",
    AWS_SECRET_ACCESS_KEY: "s",
    ECS_DATADIR: "/data",
    ECS_RESERVED_MEMORY: "100",
    ECS_INSTANCE_ATTRIBUTES: '{"stack":"dev"}',
  }),
  ...more,
});

/** A control plane that knows some clusters and instances. */
class Registry {
  readonly seen: Registration[] = [];
  readonly clusters = new Set<string>();
  readonly cluster: string;
  knowsOldInstance = true;
  changesAttributes = false;
  constructor(cluster: string, ...clusters: readonly string[]) {
    this.cluster = cluster;
    for (const name of clusters) this.clusters.add(name);
  }

  async registerContainerInstance(registration: Registration) {
    this.seen.push(registration);
    if (!this.clusters.has(this.cluster)) throw new ControlPlaneError("ClusterNotFoundException", "Cluster not found.");
    const { containerInstanceArn } = registration;
    if (containerInstanceArn !== undefined && !this.knowsOldInstance)
      throw new ControlPlaneError("ClientException", "inactive");
    const attributes = this.changesAttributes ? [] : registration.attributes;
    return { containerInstanceArn: containerInstanceArn ?? "arn:new", attributes };
  }

  async createCluster(name: string) {
    this.clusters.add(name);
  }
}
const join = (registry: Registry, state = new MemoryState("a"), more: Partial<AgentConfig> = {}) =>
  register(config(more), { controlPlane: registry, state, facts, logger: silentLogger });

describe("registering", () => {
  test("says what the machine has, and remembers who it is", async () => {
    const registry = new Registry("default", "default");
    const state = new MemoryState("a");
    expect(await join(registry, state)).toBe("arn:new");
    expect(state.facts()).toMatchObject({ cluster: "", containerInstanceArn: "arn:new" });
    expect(registry.seen[0]).toMatchObject({
      cpu: 2048,
      memoryMiB: 3900,
      reservedTcpPorts: [22, 2375, 2376, 51678, 51679],
    });
    expect(registry.seen[0]?.attributes).toContainEqual({ name: "stack", value: "dev" });
  });

  test("is the same instance again, and leaves custom attributes to the control plane", async () => {
    const registry = new Registry("default", "default");
    const state = new MemoryState("a");
    state.setFacts({ containerInstanceArn: "arn:old" });
    expect(await join(registry, state)).toBe("arn:old");
    expect(registry.seen[0]?.attributes).not.toContainEqual({ name: "stack", value: "dev" });
  });

  test("becomes a new instance when the old one is not known any more", async () => {
    const registry = new Registry("default", "default");
    registry.knowsOldInstance = false;
    const state = new MemoryState("a");
    state.setFacts({ containerInstanceArn: "arn:old" });
    expect(await join(registry, state)).toBe("arn:new");
    expect(state.facts().containerInstanceArn).toBe("arn:new");
  });

  test.each(["", "default"])("makes the default cluster when %j is wanted", async (cluster) => {
    const registry = new Registry("default");
    expect(await join(registry, undefined, { cluster })).toBe("arn:new");
    expect([...registry.clusters]).toEqual(["default"]);
  });

  test("makes no other cluster", async () => {
    await expect(join(new Registry("prod"), undefined, { cluster: "prod" })).rejects.toMatchObject({
      name: "ClusterNotFoundException",
    });
  });

  test("does not work with attributes that were not taken", async () => {
    const registry = new Registry("default", "default");
    registry.changesAttributes = true;
    await expect(join(registry)).rejects.toThrow(/^Attribute validation failed/);
  });

  test("a data directory belongs to one cluster", () => {
    const state = new MemoryState("a");
    state.setFacts({ cluster: "prod" });
    expect(() => requireSameCluster(config({ cluster: "demo" }), state)).toThrow(
      /belongs to an agent of the cluster "prod"/,
    );
    expect(() => requireSameCluster(config({ cluster: "prod" }), state)).not.toThrow();
  });
});

describe("attributes", () => {
  const names = (apiVersion: string, capacity: "EC2" | "EXTERNAL" | "FARGATE" = "EC2") =>
    attributesOf({ ...facts, apiVersion }, { capacity }).map(({ name }) => name);

  test("the engine's levels that it has, and that are ever named", () => {
    const levels = names("1.41").flatMap((name) => /docker-remote-api\.(.*)$/.exec(name)?.[1] ?? []);
    expect(levels).toEqual(
      ["17", "18", "19", "20", "21", "22", "23", "24", "25", "28", "29", "30", "32"].map((minor) => `1.${minor}`),
    );
    expect(names("1.24")).not.toContain("com.amazonaws.ecs.capability.docker-remote-api.1.25");
  });

  test("log drivers that the engine has, and those of the agent itself", () => {
    const drivers = names("1.41").flatMap((name) => /logging-driver\.([^.]*)$/.exec(name)?.[1] ?? []);
    expect(drivers.toSorted()).toEqual(["awsfirelens", "awslogs", "json-file", "none", "syslog"]);
  });

  test("what kind of capacity it is", () => {
    expect(attributesOf(facts, { capacity: "FARGATE" })).toContainEqual({ name: "hatoba.capacity", value: "FARGATE" });
    expect(names("1.41", "EXTERNAL")).toContain("ecs.capability.external");
    expect(attributesOf(facts, { capacity: "EC2", zone: "us-east-1b" })).toContainEqual({
      name: "ecs.availability-zone",
      value: "us-east-1b",
    });
  });
});
