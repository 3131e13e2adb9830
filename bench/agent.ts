import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  DescribeClustersCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { eventually, type House, startHouse } from "../test/docker/house.ts";
import { testImage } from "../test/docker/image.ts";
import { busyBetween, startEngineProxy } from "./engine-proxy.ts";
import { percentile } from "./statistics.ts";

// The agent alone: what it needs at rest and with a hundred containers, what it adds between a payload and the start of a
// container, and sixty tasks at once against the engine alone. Exits with 1 when it misses a limit.

const limits = { addedMs: 10, idleMiB: 160, busyMiB: 220, idleCpuPercent: 2, ratioOfSixty: 1.25 };
/** Calls that lead to a start; others are about other containers. */
const onTheWay = /\/containers\/create|\/images\/|\/distribution\/|\/networks/;
const engineSocket = "/var/run/docker.sock";
const proxySocket = join("/tmp", `hatoba-bench-engine-${process.pid}.sock`);
const proxy = await startEngineProxy(engineSocket, proxySocket);
const house = await startHouse({ docker: `unix://${proxySocket}` });
let failed = false;
const report = (what: string, figure: string, isGood: boolean) => {
  console.log(`${isGood ? "ok  " : "MISS"} ${what}: ${figure}`);
  if (!isGood) failed = true;
};

try {
  const image = await testImage(house.engine);
  await house.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "bench",
      containerDefinitions: [
        { name: "app", image, memory: 8, cpu: 2, stopTimeout: 1, command: ["sh", "-c", "exec sleep 3600"] },
      ],
    }),
  );
  const pid = agentPid(house);
  await wait(3000);
  const idle = await measure(pid);
  report("resident memory, idle", `${idle.mib.toFixed(0)} MiB`, idle.mib <= limits.idleMiB);
  report("CPU, idle", `${idle.cpuPercent.toFixed(2)} % of one core`, idle.cpuPercent <= limits.idleCpuPercent);

  const added: number[] = [];
  for (let turn = 0; turn < 30; turn++) added.push(await addedBeforeStart(house));
  const p50 = percentile(added, 50);
  report(
    "added between payload and start",
    `p50 ${p50.toFixed(1)} ms, p99 ${percentile(added, 99).toFixed(1)} ms`,
    p50 <= limits.addedMs,
  );
  await stopAll(house);

  const ours = await sixtyTasks(house);
  await stopAll(house);
  const theirs = await sixtyContainers(house, image);
  const ratio = ours / theirs;
  report(
    "sixty tasks at once",
    `${(ours / 1000).toFixed(1)} s against ${(theirs / 1000).toFixed(1)} s of the engine alone: ${ratio.toFixed(2)}`,
    ratio <= limits.ratioOfSixty,
  );

  for (let batch = 0; batch < 10; batch++)
    await house.ecs.send(new RunTaskCommand({ taskDefinition: "bench", count: 10 }));
  await running(house, 100);
  await wait(3000);
  const busy = await measure(pid);
  report("resident memory, 100 containers", `${busy.mib.toFixed(0)} MiB`, busy.mib <= limits.busyMiB);
  console.log(`     CPU with 100 containers: ${busy.cpuPercent.toFixed(2)} % of one core`);
} finally {
  await house.down();
  proxy.close();
}
process.exitCode = failed ? 1 : 0;

function agentPid({ dataDir }: House): number {
  return (JSON.parse(readFileSync(join(dataDir, "run", "agent.json"), "utf8")) as { pid: number }).pid;
}

/** Memory now, and the CPU of half a minute. */
async function measure(pid: number): Promise<{ readonly mib: number; readonly cpuPercent: number }> {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const [before, began] = [ticks(), performance.now()];
  await wait(30_000);
  const cpuPercent = ((ticks() - before) * 10 * 100) / (performance.now() - began);
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { mib: Number(kib) / 1024, cpuPercent };
}

/**
 * Milliseconds from the answer of RunTask, in whose turn the payload leaves, to the engine's start call, less what the
 * engine itself took on the way.
 */
async function addedBeforeStart(of: House): Promise<number> {
  const { ecs } = of;
  const known = proxy.calls.length;
  const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: "bench" }));
  const began = performance.now();
  const start = await eventually("the start", async () =>
    proxy.calls.slice(known).find(({ what }) => /\/start/.test(what)),
  );
  await ecs.send(new StopTaskCommand({ task: tasks?.[0]?.taskArn }));
  // The end of one is not to be in the way of the next.
  await eventually("it is gone", async () => ((await of.containers()).length === 0 ? true : undefined));
  const calls = proxy.calls.slice(known).filter(({ what }) => onTheWay.test(what));
  return start.begin - began - busyBetween(calls, began, start.begin);
}

async function sixtyTasks(of: House): Promise<number> {
  const began = performance.now();
  await Promise.all(
    Array.from({ length: 6 }, () => of.ecs.send(new RunTaskCommand({ taskDefinition: "bench", count: 10 }))),
  );
  await running(of, 60);
  return performance.now() - began;
}

/** The same containers, made and started by hand, eight at a time. */
async function sixtyContainers({ engine }: House, image: string): Promise<number> {
  const began = performance.now();
  const made: { remove(options: { force: boolean }): Promise<unknown> }[] = [];
  let left = 60;
  const worker = async () => {
    while (left-- > 0) {
      const container = await engine.createContainer({
        Image: image,
        Cmd: ["sh", "-c", "exec sleep 3600"],
        HostConfig: { Memory: 8 * 1024 * 1024, CpuShares: 2, LogConfig: { Type: "json-file", Config: {} } },
      });
      await container.start();
      made.push(container);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const took = performance.now() - began;
  for (const container of made) await container.remove({ force: true });
  return took;
}

async function running({ ecs }: House, count: number): Promise<void> {
  await eventually(
    `${count} tasks run`,
    async () => {
      const { clusters } = await ecs.send(new DescribeClustersCommand({}));
      return clusters?.[0]?.runningTasksCount === count ? true : undefined;
    },
    240,
  );
}

async function stopAll(of: House): Promise<void> {
  for (;;) {
    const { taskArns = [] } = await of.ecs.send(new ListTasksCommand({}));
    if (taskArns.length === 0) break;
    await Promise.all(taskArns.map((task) => of.ecs.send(new StopTaskCommand({ task }))));
  }
  await eventually("all are gone", async () => ((await of.containers()).length === 0 ? true : undefined), 240);
}
