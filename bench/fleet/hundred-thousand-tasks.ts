/**
 * A fleet of simulated container instances, from nothing to 100,000 tasks RUNNING, every commit durable: how fast tasks are placed
 * and started, whether one costs more among many, what each takes of memory; then the control plane at rest with all of them, and
 * what callers wait for under load. Limits: 2,000 tasks/s; a task among 100,000 costs at most 1.5 times of one among 1,000; 6 KB
 * a task and 60 KB a connected instance; DescribeTasks within 20 ms at p99 beside 200 requests a second.
 * Run: npx node bench/fleet/hundred-thousand-tasks.ts [instances, default 1000] [tasks each, default 100] [seconds of rest and load, default 60]
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { percentile, report } from "../statistics.ts";
import { Fleet } from "./fleet.ts";
import type { Load, LoadFound } from "./load.child.ts";
import { type Cost, costOf, instanceMemory } from "./measure.ts";
import { MeasuredProcess } from "./measured-process.ts";
import { judge } from "./verdict.ts";

const instances = Number(process.argv[2] ?? 1000);
const total = instances * Number(process.argv[3] ?? 100);
const seconds = Number(process.argv[4] ?? 60);
/** Tasks of one service; the first and the last are measured by themselves. */
const lot = Math.min(1000, Math.floor(total / 4));

const fleet = await Fleet.open();
try {
  const memory = await instanceMemory(fleet, instances);
  await warmUp();
  const empty = await fleet.controlPlane.usage(true);
  const first = await costOf(fleet, "first", () => start("first", lot, lot));
  const bulk = await costOf(fleet, "bulk", startMost);
  const last = await costOf(fleet, "last", () => start("last", lot, total));
  const full = await fleet.controlPlane.usage(true);
  const perSecond = (total - 2 * lot) / bulk.seconds;
  report(`${total} tasks on ${instances} container instances`, [
    row(`${lot} tasks, the first`, lot, first),
    row(`${total - 2 * lot} tasks`, total - 2 * lot, bulk),
    row(`${lot} tasks, the last`, lot, last),
  ]);
  judge("limits", [
    { what: "tasks/s from nothing to RUNNING", value: perSecond, least: 2000 },
    {
      what: `CPU of a task among ${total} against one among ${lot}`,
      value: last.controlPlaneCpu / first.controlPlaneCpu,
      most: 1.5,
    },
    { what: "KB of heap a task", value: (full.heapBytes - empty.heapBytes) / total / 1024, most: 6 },
    { what: "KB of heap and buffers a connected instance", value: memory.heapBytes / 1024, most: 60 },
    { what: "KB resident a connected instance", value: memory.residentBytes / 1024 },
  ]);
  await wait(5000);
  const rest = await costOf(fleet, "rest", () => wait(seconds * 1000));
  const { residentBytes } = await fleet.controlPlane.usage();
  judge(`at rest for ${seconds} s: heartbeats, and telemetry of all tasks`, [
    { what: "CPU of the control plane, % of a core", value: (100 * rest.controlPlaneCpu) / rest.seconds, most: 60 },
    { what: "CPU of the simulated machines, % of a core", value: (100 * rest.machinesCpu) / rest.seconds },
    { what: "resident, MiB", value: residentBytes / 2 ** 20 },
    { what: "event loop blocked at the longest, ms", value: rest.longestBlock },
  ]);
  await load();
} finally {
  await fleet.close();
}

function row(what: string, tasks: number, cost: Cost): Record<string, string | number> {
  return {
    what,
    s: cost.seconds,
    "tasks/s": tasks / cost.seconds,
    "CPU ms a task, control plane": (1000 * cost.controlPlaneCpu) / tasks,
    "CPU ms a task, machines": (1000 * cost.machinesCpu) / tasks,
    "event loop busy, %": cost.busy * 100,
  };
}

/** Code that has not run before is slow; that is no cost of a placement. */
async function warmUp(): Promise<void> {
  const tasks = Math.min(3000, Math.floor(total / 2));
  await start("warm", tasks, tasks);
  await fleet.call("UpdateService", { service: "warm", desiredCount: 0 });
  await fleet.untilRunning(0);
  await fleet.call("DeleteService", { service: "warm" });
}

async function start(serviceName: string, tasks: number, running: number): Promise<void> {
  await fleet.createService(serviceName, tasks);
  await fleet.untilRunning(running);
}

async function startMost(): Promise<void> {
  const services = Math.ceil((total - 2 * lot) / lot);
  for (let index = 0; index < services; index++) {
    await fleet.createService(`bulk-${index}`, Math.min(lot, total - 2 * lot - index * lot));
  }
  await fleet.untilRunning(total - lot);
}

async function load(): Promise<void> {
  const perSecond = 200;
  const { serviceArns = [] } = (await fleet.call("ListServices", { maxResults: 100 })) as { serviceArns?: string[] };
  const { containerInstanceArns = [] } = await fleet.call("ListContainerInstances", {});
  const taskArns: string[] = [];
  for (const service of serviceArns) {
    taskArns.push(...((await fleet.call("ListTasks", { serviceName: service })).taskArns ?? []));
  }
  const process = new MeasuredProcess(join(import.meta.dirname, "load.child.ts"));
  let found: LoadFound = { milliseconds: {}, failures: [] };
  const cost = await costOf(fleet, "load", async () => {
    const order: Load = { ...fleet.house, seconds, perSecond, taskArns, services: serviceArns, containerInstanceArns };
    found = (await process.order(order)) as LoadFound;
  });
  await process.stop();
  const rows = Object.entries(found.milliseconds).map(([operation, times]) => ({
    operation,
    requests: times.length,
    "p50, ms": percentile(times, 50),
    "p99, ms": percentile(times, 99),
    "longest, ms": Math.max(...times),
  }));
  report(`${perSecond} requests a second for ${seconds} s, at ${total} tasks`, rows);
  judge("limits", [
    { what: "DescribeTasks p99, ms", value: percentile(found.milliseconds["DescribeTasks"] ?? [], 99), most: 20 },
    { what: "failed requests", value: found.failures.length, most: 0 },
    { what: "CPU of the control plane, % of a core", value: (100 * cost.controlPlaneCpu) / cost.seconds },
    { what: "event loop blocked at the longest, ms", value: cost.longestBlock },
  ]);
  for (const failure of found.failures.slice(0, 5)) console.log(failure);
}
