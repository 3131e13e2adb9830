/**
 * The whole house in one process: 100 simulated container instances and one service of 2,000 tasks from zero to RUNNING,
 * every commit durable (SQLite). Limit: at least 1,000 tasks a second. Then what a task takes of memory.
 * Run: npx node --expose-gc bench/whole-house.ts [machines, default 100] [tasks, default 2000]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../packages/control-plane/src/platform/clock.ts";
import { SqliteStore } from "../packages/control-plane/src/store/sqlite-store.ts";
import { until } from "../packages/control-plane/src/store/until.ts";
import { WholeHouse } from "../test/harness/whole-house.ts";
import { report } from "./statistics.ts";

const machines = Number(process.argv[2] ?? 100);
const tasks = Number(process.argv[3] ?? 2000);
const directory = mkdtempSync(join(tmpdir(), "hatoba-bench-"));
const store = new SqliteStore({ path: join(directory, "store.db") });
const house = new WholeHouse({ store, clock: systemClock });
try {
  await house.open(machines, { cpus: 16, memoryMiB: 65_536 });
  await until(store, (snapshot) => snapshot.list("containerInstance").every(({ value }) => value.agentConnected));
  const containerDefinitions = [{ name: "app", image: "app", memory: 128, cpu: 64 }];
  await house.call("RegisterTaskDefinition", { family: "bench", containerDefinitions });
  const heapBefore = heapBytes();
  const revisionBefore = store.snapshot().revision;
  const started = performance.now();
  const { service } = await house.call("CreateService", {
    serviceName: "bench",
    taskDefinition: "bench",
    desiredCount: tasks,
  });
  const serviceArn = service?.serviceArn ?? "";
  await until(store, (snapshot) => snapshot.tally("serviceTasks", serviceArn).running === tasks);
  const seconds = (performance.now() - started) / 1000;
  const perSecond = tasks / seconds;
  report(`${machines} container instances, ${tasks} tasks`, [
    { what: "zero to RUNNING, s", value: seconds },
    { what: "tasks/s", value: perSecond },
    { what: "commits (revisions)", value: store.snapshot().revision - revisionBefore },
    {
      what: "heap per task, KB (control plane, agent and runtime together)",
      value: (heapBytes() - heapBefore) / tasks / 1024,
    },
  ]);
  console.log(`limit: 1000 tasks/s ${perSecond >= 1000 ? "kept" : "MISSED"}`);
  if (perSecond < 1000) process.exitCode = 1;
} finally {
  await house.close();
  rmSync(directory, { recursive: true, force: true });
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
