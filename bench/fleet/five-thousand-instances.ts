/**
 * Many simulated container instances, all connected, and a service that is rolled once: what each instance takes of memory, how
 * long the rolling update takes, and the control plane at rest. Limits: 60 KB a connected instance; 1,000 tasks replaced within
 * 20 s, of which new tasks prove themselves for 2 s before old ones are given up.
 * Run: npx node bench/fleet/five-thousand-instances.ts [instances, default 5000] [tasks, default 1000] [seconds of rest, default 60]
 */
import { setTimeout as wait } from "node:timers/promises";
import { report } from "../statistics.ts";
import { Fleet } from "./fleet.ts";
import { costOf, instanceMemory } from "./measure.ts";
import { judge } from "./verdict.ts";

const instances = Number(process.argv[2] ?? 5000);
const tasks = Number(process.argv[3] ?? 1000);
const seconds = Number(process.argv[4] ?? 60);

const fleet = await Fleet.open();
try {
  const memory = await instanceMemory(fleet, instances);
  const start = await costOf(fleet, "start", async () => {
    await fleet.createService("web", tasks);
    await fleet.untilRunning(tasks);
  });
  await untilRolled();
  await fleet.register("second");
  const roll = await costOf(fleet, "roll", async () => {
    await fleet.call("UpdateService", { service: "web", taskDefinition: "web" });
    await untilRolled();
  });
  const rest = await costOf(fleet, "rest", () => wait(seconds * 1000));
  const { residentBytes } = await fleet.controlPlane.usage();
  report(`${tasks} tasks on ${instances} container instances`, [
    { what: "started, s", value: start.seconds, "CPU ms a task": (1000 * start.controlPlaneCpu) / tasks },
    { what: "rolled, s", value: roll.seconds, "CPU ms a task": (1000 * roll.controlPlaneCpu) / tasks },
    { what: `CPU at rest for ${seconds} s, % of a core`, value: (100 * rest.controlPlaneCpu) / rest.seconds },
    { what: "resident at rest, MiB", value: residentBytes / 2 ** 20 },
  ]);
  judge("limits", [
    { what: "KB of heap and buffers a connected instance", value: memory.heapBytes / 1024, most: 60 },
    { what: "KB resident a connected instance", value: memory.residentBytes / 1024 },
    { what: "s for the rolling update", value: roll.seconds, most: 20 },
    { what: "CPU at rest, % of a core", value: (100 * rest.controlPlaneCpu) / rest.seconds, most: 25 },
  ]);
} finally {
  await fleet.close();
}

/** One deployment that is COMPLETED, and no task beside its own. */
async function untilRolled(): Promise<void> {
  for (; ; await wait(50)) {
    const { deployments = [], runningCount } = await fleet.service("web");
    if (deployments.length === 1 && deployments[0]?.rolloutState === "COMPLETED" && runningCount === tasks) return;
  }
}
