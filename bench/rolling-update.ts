/**
 * A rolling update of ten tasks on a real engine, against what the engine alone takes to start and stop ten such containers one
 * after another in the same run; with the service's events as they came. Containers start in about 0.3 s and end at SIGTERM.
 * Limit: the engine's sum, the two seconds for which a new task proves itself, and three more: no interval is waited for.
 * Run: npx node bench/rolling-update.ts [tasks, default 10]
 */
import { setTimeout as wait } from "node:timers/promises";
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { startHouse } from "../test/docker/house.ts";
import { testImage } from "../test/docker/image.ts";
import { report } from "./statistics.ts";

const tasks = Number(process.argv[2] ?? 10);
const command = ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"];
const memoryMiB = 32;
const provingSeconds = 2;
const slackSeconds = 3;

const house = await startHouse();
const image = await testImage(house.engine);
try {
  await register("1");
  await engineAlone(); // pays for caches
  let engineSeconds = 0;
  for (let count = 0; count < tasks; count++) engineSeconds += await engineAlone();

  await house.ecs.send(new CreateServiceCommand({ serviceName: "web", taskDefinition: "web", desiredCount: tasks }));
  await untilRolled();
  await register("2");
  const called = Date.now();
  await house.ecs.send(new UpdateServiceCommand({ service: "web", taskDefinition: "web" }));
  const { events = [] } = await untilRolled();
  const seconds = (Date.now() - called) / 1000;

  for (const { createdAt, message } of events.filter((event) => Number(event.createdAt) >= called).toReversed()) {
    console.log(`${((Number(createdAt) - called) / 1000).toFixed(2).padStart(7)} s  ${message?.slice(0, 150)}`);
  }
  const limit = engineSeconds + provingSeconds + slackSeconds;
  report(`Rolling update of ${tasks} tasks`, [
    { what: `engine alone: ${tasks} times create, start, stop, one after another`, seconds: engineSeconds },
    { what: "Hatoba: UpdateService to COMPLETED", seconds },
    { what: `limit: the engine's, ${provingSeconds} s of proving and ${slackSeconds} s`, seconds: limit },
  ]);
  if (seconds > limit) process.exitCode = 1;
} finally {
  await house.down();
}

async function register(version: string): Promise<void> {
  const environment = [{ name: "VERSION", value: version }];
  const containerDefinitions = [{ name: "app", image, command, memory: memoryMiB, environment }];
  await house.ecs.send(new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions }));
}

/** Seconds for one container from create to its end, its removal left out. */
async function engineAlone(): Promise<number> {
  const started = performance.now();
  const container = await house.engine.createContainer({
    Image: image,
    Cmd: command,
    Labels: { "dev.hatoba.house": house.houseId },
    HostConfig: { Memory: memoryMiB * 1024 * 1024, NetworkMode: "bridge" },
  });
  await container.start();
  await container.stop({ t: 5 });
  const took = (performance.now() - started) / 1000;
  await container.remove({ force: true });
  return took;
}

/** The service with one deployment, COMPLETED, and none but its tasks. */
async function untilRolled(): Promise<Service> {
  for (const end = Date.now() + 120_000; Date.now() < end; await wait(50)) {
    const { services = [] } = await house.ecs.send(new DescribeServicesCommand({ services: ["web"] }));
    const [service] = services;
    const { deployments = [], runningCount } = service ?? {};
    const isOver = deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED";
    if (service !== undefined && isOver && runningCount === tasks) return service;
  }
  throw new Error("the service did not settle within two minutes");
}
