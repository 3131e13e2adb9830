import type { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { Auditor } from "./auditor.ts";
import { faultyConnection, type MessageFault } from "./faulty-connection.ts";
import { type Chance, chanceOf } from "./seeded.ts";
import { WholeHouse } from "./whole-house.ts";

export interface FaultRunOptions {
  readonly seed: number;
  /** Short tasks that are run, besides those of a service that is rolled, scaled and drained meanwhile. */
  readonly tasks: number;
  readonly machines: number;
}

export interface FaultRun {
  /** What must never be, in words; empty for a run that went well. */
  readonly findings: readonly string[];
  readonly tasks: number;
  readonly containers: number;
  readonly faults: Readonly<Record<string, number>>;
  /** How the run went, so that two runs can be compared. */
  readonly trace: string;
}

/** How likely each message suffers what. */
const likely: Readonly<Record<MessageFault, number>> = { repeated: 0.1, reordered: 0.1, cut: 0.02 };
/** In milliseconds of the house's clock. */
const step = 250;
const patience = 40 * 60_000;

/**
 * Runs short tasks in a whole house while connections are cut, messages repeated and reordered, answers lost, and agents and
 * the control plane killed; then lets everything come to rest, and has it audited. The seed decides everything.
 */
export async function faultRun({ seed, tasks, machines }: FaultRunOptions): Promise<FaultRun> {
  const chance = chanceOf(seed);
  const faults: Record<string, number> = {};
  const count = (what: string) => (faults[what] = (faults[what] ?? 0) + 1);
  let faultsHappen = true;
  const house = new WholeHouse({
    ids: chance.ids,
    random: () => chance.next(),
    settings: { agentLostAfterMs: 60_000, stoppedTaskRetentionMs: 24 * 3_600_000 },
    programOf: ({ image }) =>
      image === "short"
        ? {
            createMs: chance.below(300),
            startMs: chance.below(300),
            exitAfterMs: 200 + chance.below(4000),
            exitCode: chance.below(3),
          }
        : { createMs: chance.below(300), stopMs: chance.below(1500) },
    faults: {
      connection: (end) =>
        faultyConnection(end, (kind) => faultsHappen && chance.happens(likely[kind]) && count(kind) > 0),
      call: () => {
        if (!faultsHappen || !chance.happens(0.1)) return "answered";
        count("calls that failed");
        return chance.happens(0.5) ? "answer lost" : "call lost";
      },
    },
  });
  const clock = house.clock as ManualClock;
  const auditor = new Auditor(house);
  const turn = async (): Promise<void> => {
    for (let turns = 0; turns < 6; turns++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      auditor.look();
    }
    clock.advance(step);
  };
  await house.open(machines, { cpus: 4, memoryMiB: 4096 });
  await define(house);
  let started = 0;
  while (started < tasks) {
    started += await runSome(house, chance, Math.min(tasks - started, 1 + chance.below(10)));
    if (chance.happens(0.1)) await meddle(house, chance);
    const kind = await fail(house, chance, clock);
    if (kind !== undefined) count(kind);
    await turn();
  }
  faultsHappen = false;
  await house.call("UpdateService", { service: "web", desiredCount: 0 });
  for (const agent of house.agents) agent.connect();
  const end = clock.now() + patience;
  while (!atRest(house) && clock.now() < end) await turn();
  auditor.look();
  auditor.lookAtTheEnd();
  const all = house.store.snapshot().list("task");
  const trace = all
    .map(({ arn, value }) => `${arn.slice(-8)} ${value.stopCode} ${value.stoppedAt} ${value.containers[0]?.exitCode}`)
    .join("\n");
  await house.close();
  return { findings: auditor.findings, tasks: all.length, containers: auditor.containersSeen, faults, trace };
}

async function define(house: WholeHouse): Promise<void> {
  for (const [family, image] of [
    ["job", "short"],
    ["web", "long"],
  ] as const) {
    await house.call("RegisterTaskDefinition", {
      family,
      containerDefinitions: [{ name: "app", image, memory: 32, cpu: 32, stopTimeout: 2 }],
    });
  }
  await house.call("CreateService", { serviceName: "web", taskDefinition: "web", desiredCount: 8 });
}

/** @returns how many were placed; the others found no room */
async function runSome(house: WholeHouse, chance: Chance, count: number): Promise<number> {
  const { tasks = [] } = await house.call("RunTask", { taskDefinition: "job", count });
  for (const { taskArn = "" } of tasks) {
    if (chance.happens(0.05)) await house.call("StopTask", { task: taskArn, reason: "meddling" });
  }
  return tasks.length;
}

/** What users do to a service meanwhile. */
async function meddle(house: WholeHouse, chance: Chance): Promise<void> {
  if (chance.happens(0.3)) {
    await house.call("UpdateService", { service: "web", forceNewDeployment: true });
    return;
  }
  if (chance.happens(0.5)) {
    await house.call("UpdateService", { service: "web", desiredCount: 2 + chance.below(12) });
    return;
  }
  const agent = house.agents[chance.below(house.agents.length)];
  await house.call("UpdateContainerInstancesState", {
    containerInstances: [agent?.containerInstanceArn ?? ""],
    status: chance.happens(0.4) ? "DRAINING" : "ACTIVE",
  });
}

/** @returns what went wrong, if anything did */
async function fail(house: WholeHouse, chance: Chance, clock: ManualClock): Promise<string | undefined> {
  const agent = house.agents[chance.below(house.agents.length)];
  if (agent === undefined) return undefined;
  if (chance.happens(0.03)) {
    await house.restartControlPlane();
    return "control planes killed";
  }
  if (chance.happens(0.06)) {
    await agent.kill();
    // It may be away for long enough that its tasks count as lost.
    clock.after(chance.happens(0.2) ? 90_000 : chance.below(3000), () => void agent.start());
    return "agents killed";
  }
  if (chance.happens(0.03)) {
    agent.disconnect();
    clock.after(chance.happens(0.2) ? 90_000 : chance.below(3000), () => agent.connect());
    return "agents cut off";
  }
  return undefined;
}

/** Nothing runs and nothing waits. */
function atRest(house: WholeHouse): boolean {
  const snapshot = house.store.snapshot();
  const live = snapshot.count("task") - snapshot.count("task", { lastStatus: "STOPPED" });
  return live === 0 && house.agents.every(({ runtime }) => runtime.containers.length === 0);
}
