import type { RuntimePlatform } from "@aws-sdk/client-ecs";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../../packages/control-plane/src/store/until.ts";
import { type SimulatedAgent, WholeHouse } from "../harness/whole-house.ts";

// One cluster with a machine on Linux and machines on two releases of Windows Server: no task comes to the wrong one.
let house: WholeHouse;
let linux: SimulatedAgent;
let core2022: SimulatedAgent;
let full2019: SimulatedAgent;
afterEach(() => house.close());

async function open(capacity: "EC2" | "FARGATE" = "EC2"): Promise<void> {
  house = new WholeHouse();
  await house.open(0);
  linux = await house.addAgent({ capacity });
  core2022 = await house.addAgent({ capacity, osFamily: "WINDOWS_SERVER_2022_CORE" });
  full2019 = await house.addAgent({ capacity, osFamily: "WINDOWS_SERVER_2019_FULL" });
}

const register = (family: string, runtimePlatform?: RuntimePlatform, expression?: string) =>
  house.call("RegisterTaskDefinition", {
    family,
    ...(runtimePlatform === undefined ? {} : { runtimePlatform }),
    ...(expression === undefined ? {} : { placementConstraints: [{ type: "memberOf", expression }] }),
    containerDefinitions: [{ name: "app", image: "app", cpu: 16, memory: 64 }],
  });
const placesOf = ({ tasks = [] }: Awaited<ReturnType<typeof run>>) =>
  new Set(tasks.map(({ containerInstanceArn }) => containerInstanceArn));
const run = (taskDefinition: string, count = 6) => house.call("RunTask", { taskDefinition, count });

describe("EC2", () => {
  test("tasks come to the operating system and the release that they name, and run there", async () => {
    await open();
    await register("nginx", { operatingSystemFamily: "LINUX", cpuArchitecture: "X86_64" });
    await register("iis", { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" });
    await register("legacy", { operatingSystemFamily: "WINDOWS_SERVER_2019_FULL" });
    expect(placesOf(await run("nginx"))).toEqual(new Set([linux.containerInstanceArn]));
    expect(placesOf(await run("iis"))).toEqual(new Set([core2022.containerInstanceArn]));
    expect(placesOf(await run("legacy"))).toEqual(new Set([full2019.containerInstanceArn]));
    await until(house.store, (snapshot) => snapshot.list("task").every(({ value }) => value.lastStatus === "RUNNING"));
    expect(house.agents.map(({ engine }) => engine.tasks().length)).toEqual([6, 6, 6]);
  });

  test("a service of one operating system never goes to another, however full its own is", async () => {
    await open();
    await register("iis", { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" });
    // 256 tasks of 16 CPU units fill four processors.
    await house.call("CreateService", { serviceName: "web", taskDefinition: "iis", desiredCount: 260 });
    await until(house.store, (snapshot) => {
      const tasks = snapshot.list("task").filter(({ value }) => value.lastStatus === "RUNNING");
      return tasks.length === 256;
    });
    const where = new Set(
      house.store
        .snapshot()
        .list("task")
        .map(({ value }) => value.containerInstanceArn),
    );
    expect(where).toEqual(new Set([core2022.containerInstanceArn]));
  });

  test("where there is no such machine, RunTask says that an attribute is missing everywhere", async () => {
    await open();
    await register("next", { operatingSystemFamily: "WINDOWS_SERVER_2025_CORE" });
    await register("arm", { operatingSystemFamily: "LINUX", cpuArchitecture: "ARM64" });
    for (const family of ["next", "arm"]) {
      const { tasks = [], failures = [] } = await run(family, 1);
      expect(tasks).toEqual([]);
      expect(new Set(failures.map(({ reason }) => reason))).toEqual(new Set(["ATTRIBUTE"]));
    }
  });

  test("StartTask on the wrong machine fails in the same way", async () => {
    await open();
    await register("nginx", { operatingSystemFamily: "LINUX" });
    const start = (agent: SimulatedAgent) =>
      house.call("StartTask", { taskDefinition: "nginx", containerInstances: [agent.containerInstanceArn] });
    expect((await start(core2022)).failures).toMatchObject([{ reason: "ATTRIBUTE" }]);
    expect((await start(linux)).tasks).toHaveLength(1);
  });

  test("one that names no platform can be kept on an operating system by a constraint, as the guide advises", async () => {
    await open();
    await register("any-windows", undefined, "attribute:ecs.os-type == windows");
    await register("any-linux", undefined, "attribute:ecs.os-type == linux");
    const places = placesOf(await run("any-windows"));
    expect(places).toEqual(new Set([core2022.containerInstanceArn, full2019.containerInstanceArn]));
    expect(placesOf(await run("any-linux"))).toEqual(new Set([linux.containerInstanceArn]));
  });
});

test("Fargate's capacity is looked at in the same way", async () => {
  await open("FARGATE");
  const fargate = async (family: string, runtimePlatform?: RuntimePlatform) => {
    await house.call("RegisterTaskDefinition", {
      family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "1024",
      memory: "2048",
      ...(runtimePlatform === undefined ? {} : { runtimePlatform }),
      containerDefinitions: [{ name: "app", image: "app" }],
    });
    const [subnet] = house.store.snapshot().list("subnet");
    const { tasks = [] } = await house.call("RunTask", {
      taskDefinition: family,
      launchType: "FARGATE",
      count: 3,
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnet?.value.subnetId ?? ""] } },
    });
    const placed = tasks.map(({ taskArn = "" }) => house.store.snapshot().get("task", taskArn)?.value);
    return new Set(placed.map((task) => task?.containerInstanceArn));
  };
  expect(await fargate("silent")).toEqual(new Set([linux.containerInstanceArn]));
  expect(await fargate("nginx", { operatingSystemFamily: "LINUX" })).toEqual(new Set([linux.containerInstanceArn]));
  expect(await fargate("iis", { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" })).toEqual(
    new Set([core2022.containerInstanceArn]),
  );
});
