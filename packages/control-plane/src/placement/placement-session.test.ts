import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ContainerInstance } from "../model/container-instance.ts";
import {
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleSubnet,
  exampleTaskArn,
} from "../model/examples.ts";
import type { Demand } from "../model/task.ts";
import { MemoryStore } from "../store/memory-store.ts";
import type { Store, Write } from "../store/store.ts";
import { type PlacementRequest, PlacementSession } from "./placement-session.ts";

const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
const small: Demand = { cpu: 256, memory: 512, ports: [], gpus: 0, networkInterfaces: 0 };
const request = (of: Partial<PlacementRequest> = {}): PlacementRequest => ({
  clusterArn: exampleClusterArn,
  launchType: "EC2",
  demand: small,
  group: "service:web",
  requiresAttributes: [],
  ...of,
});
const instanceWrite = (number: number, of: Partial<ContainerInstance> = {}): Write => ({
  kind: "containerInstance",
  arn: exampleContainerInstanceArn(number),
  expected: 0,
  value: exampleContainerInstance({ availabilityZone: zones[(number - 1) % 3] ?? "", attributes: [], ...of }),
});
const storeWith = async (writes: readonly Write[]): Promise<Store> => {
  const store = new MemoryStore();
  await store.commit(writes);
  return store;
};
const instances = (count: number, of: Partial<ContainerInstance> = {}) =>
  storeWith(Array.from({ length: count }, (_, index) => instanceWrite(index + 1, of)));
const place = (store: Store, wanted: PlacementRequest, count = 1) =>
  new PlacementSession(store.snapshot()).place(wanted, count);
const numbers = (placements: readonly { readonly on: { readonly containerInstanceArn: string } }[]) =>
  placements.map(({ on }) => Number.parseInt(on.containerInstanceArn.slice(-4), 16));
const refusal = (number: number, reason: string) => ({
  containerInstanceArn: exampleContainerInstanceArn(number),
  reason,
});

describe("placing tasks", () => {
  it("spreads over the zones, then over the instances", async () => {
    const store = await instances(6);
    expect(numbers(place(store, request(), 8).placements)).toEqual([1, 2, 3, 4, 5, 6, 1, 2]);
  });

  it("counts the tasks of the group that are there already, and not those that are to stop", async () => {
    const running = (number: number, on: number, desiredStatus: "RUNNING" | "STOPPED"): Write => ({
      kind: "task",
      arn: exampleTaskArn(number),
      expected: 0,
      value: exampleRunningTask({ containerInstanceArn: exampleContainerInstanceArn(on), desiredStatus }),
    });
    const store = await storeWith([1, 2, 3].map((number) => instanceWrite(number)));
    await store.commit([running(1, 1, "RUNNING"), running(2, 2, "RUNNING"), running(3, 3, "STOPPED")]);
    expect(numbers(place(store, request()).placements)).toEqual([3]);
  });

  it("packs where the least is left", async () => {
    const store = await storeWith([
      instanceWrite(1),
      instanceWrite(2, { registered: { cpu: 4096, memory: 1024, reservedPorts: [], gpuIds: [] } }),
    ]);
    const placementStrategy = [{ type: "binpack", field: "memory" } as const];
    expect(numbers(place(store, request({ placementStrategy }), 3).placements)).toEqual([2, 2, 1]);
  });

  it("spreads at random, the same way each time", async () => {
    const store = await instances(20);
    const wanted = request({ placementStrategy: [{ type: "random" }] });
    const chosen = numbers(place(store, wanted, 20).placements);
    expect(chosen).toEqual(numbers(place(store, wanted, 20).placements));
    expect(new Set(chosen).size).toBeGreaterThan(5);
  });

  it.each([
    ["AGENT", { agentConnected: false }, {}],
    ["ATTRIBUTE", {}, { requiresAttributes: [{ name: "ecs.capability.efs" }] }],
    ["ATTRIBUTE", { attributes: [{ name: "gpu", value: "b" }] }, { requiresAttributes: [{ name: "gpu", value: "a" }] }],
    ["RESOURCE:CPU", {}, { demand: { ...small, cpu: 4097 } }],
    ["RESOURCE:MEMORY", {}, { demand: { ...small, memory: 16385 } }],
    ["RESOURCE:GPU", {}, { demand: { ...small, gpus: 1 } }],
    ["RESOURCE:PORTS", {}, { demand: { ...small, ports: ["tcp/22"] } }],
    ["LOCATION", {}, { demand: { ...small, networkInterfaces: 1 } }],
    [
      "MemberOf placement constraint unsatisfied.",
      {},
      { placementConstraints: [{ type: "memberOf", expression: "attribute:stack == test" }] },
    ],
  ] as const)("says %s", async (reason, instance, of) => {
    const store = await instances(1, instance as Partial<ContainerInstance>);
    expect(place(store, request(of as Partial<PlacementRequest>))).toEqual({
      placements: [],
      refusals: [refusal(1, reason)],
    });
  });

  it("gives a host port and a distinct instance once", async () => {
    const store = await instances(2);
    const ports = place(store, request({ demand: { ...small, ports: ["tcp/80"] } }), 3);
    expect(numbers(ports.placements)).toEqual([1, 2]);
    expect(ports.refusals).toEqual([refusal(1, "RESOURCE:PORTS"), refusal(2, "RESOURCE:PORTS")]);
    const distinct = place(store, request({ placementConstraints: [{ type: "distinctInstance" }] }), 3);
    expect(distinct.refusals.map(({ reason }) => reason)).toEqual([
      "DistinctInstance placement constraint unsatisfied.",
      "DistinctInstance placement constraint unsatisfied.",
    ]);
  });

  it("leaves out what is not ACTIVE, of another cluster or another capacity", async () => {
    const store = await storeWith([
      instanceWrite(1, { status: "DRAINING" }),
      instanceWrite(2, { clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/other" }),
      instanceWrite(3, { capacity: "FARGATE" }),
      instanceWrite(4, { capacity: "EXTERNAL" }),
    ]);
    expect(place(store, request())).toEqual({ placements: [], refusals: [] });
    expect(numbers(place(store, request({ launchType: "EXTERNAL" })).placements)).toEqual([4]);
    expect(numbers(place(store, request({ launchType: "FARGATE" })).placements)).toEqual([3]);
  });

  it("counts on from one request to the next of a session", async () => {
    const store = await instances(1, { registered: { cpu: 512, memory: 16384, reservedPorts: [], gpuIds: [] } });
    const session = new PlacementSession(store.snapshot());
    expect(session.place(request(), 1).placements).toHaveLength(1);
    expect(session.place(request({ group: "family:other" }), 2).placements).toHaveLength(1);
    expect(session.place(request(), 1).refusals).toEqual([refusal(1, "RESOURCE:CPU")]);
  });
});

describe("addresses", () => {
  const subnets: readonly Write[] = zones.map((availabilityZone, index) => ({
    kind: "subnet",
    arn: `subnet-${index}`,
    expected: 0,
    value: exampleSubnet({ subnetId: `subnet-${index}`, availabilityZone, cidrBlock: `172.31.${16 * index}.0/29` }),
  }));
  const awsvpc = (launchType: "EC2" | "FARGATE", named: readonly string[]) =>
    request({
      launchType,
      demand: { ...small, networkInterfaces: 1 },
      networkConfiguration: { awsvpcConfiguration: { subnets: [...named] } },
    });
  const addresses = (store: Store, wanted: PlacementRequest, count: number) =>
    place(store, wanted, count).placements.map(({ address }) => address?.privateIpAddress);

  it("spread Fargate tasks over the zones of their subnets", async () => {
    const store = await storeWith([...subnets, instanceWrite(1, { capacity: "FARGATE" })]);
    expect(addresses(store, awsvpc("FARGATE", ["subnet-0", "subnet-1", "subnet-2"]), 4)).toEqual([
      "172.31.0.4",
      "172.31.16.4",
      "172.31.32.4",
      "172.31.0.5",
    ]);
  });

  it("lie in the zone of an EC2 instance, and run out", async () => {
    const store = await storeWith([...subnets, instanceWrite(2)]);
    expect(addresses(store, awsvpc("EC2", ["subnet-0", "subnet-1"]), 1)).toEqual(["172.31.16.4"]);
    expect(place(store, awsvpc("EC2", ["subnet-0"]))).toMatchObject({ refusals: [refusal(2, "LOCATION")] });
    const all = place(store, awsvpc("EC2", ["subnet-1"]), 4);
    expect(all.placements).toHaveLength(3);
    expect(all.refusals).toEqual([refusal(2, "RESOURCE:ENI")]);
  });

  it("are as many as a machine says that it has interfaces for", async () => {
    const attributes = [{ name: "hatoba.network-interfaces", value: "2" }];
    const store = await storeWith([...subnets, instanceWrite(2, { attributes })]);
    const placed = place(store, awsvpc("EC2", ["subnet-1"]), 3);
    expect(placed.placements).toHaveLength(2);
    expect(placed.refusals).toEqual([refusal(2, "RESOURCE:ENI")]);
    expect(place(store, request({}), 3).placements).toHaveLength(3);
  });
});

describe("any placement", () => {
  const demand = fc.record({
    cpu: fc.nat(2048),
    memory: fc.integer({ min: 1, max: 8192 }),
    port: fc.option(fc.nat(3)),
  });

  it("never takes more than there is, and refuses only what does not fit", async () => {
    const given = fc.record({
      count: fc.integer({ min: 0, max: 6 }),
      requests: fc.array(
        fc.record({ demand, tasks: fc.nat(20), strategy: fc.constantFrom("spread", "binpack", "random") }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ count, requests }) => {
        const store = await instances(count);
        const session = new PlacementSession(store.snapshot());
        const used = new Map<string, { cpu: number; memory: number; ports: string[] }>();
        for (const {
          demand: { cpu, memory, port },
          tasks,
          strategy,
        } of requests) {
          const ports = port === null ? [] : [`tcp/${8000 + port}`];
          const placementStrategy = [
            { type: strategy as "spread", field: strategy === "binpack" ? "cpu" : "instanceId" },
          ];
          const wanted = request({ demand: { ...small, cpu, memory, ports }, placementStrategy });
          const { placements, refusals } = session.place(wanted, tasks);
          for (const { on } of placements) {
            const there = used.get(on.containerInstanceArn) ?? { cpu: 0, memory: 0, ports: [] };
            used.set(on.containerInstanceArn, {
              cpu: there.cpu + cpu,
              memory: there.memory + memory,
              ports: [...there.ports, ...ports],
            });
          }
          expect(refusals).toHaveLength(placements.length < tasks ? count : 0);
        }
        for (const { cpu, memory, ports } of used.values()) {
          expect(cpu).toBeLessThanOrEqual(4096);
          expect(memory).toBeLessThanOrEqual(16384);
          expect(new Set(ports).size).toBe(ports.length);
        }
      }),
    );
  });
});
