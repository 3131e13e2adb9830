/**
 * The store by itself: durable commits per second, alone and in groups; reading with many tasks in it; memory per task.
 * Run: npx node --expose-gc bench/store.ts [tasks, default 100000]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import {
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleTaskArn,
} from "../packages/control-plane/src/model/examples.ts";
import type { Task } from "../packages/control-plane/src/model/task.ts";
import { MemoryStore } from "../packages/control-plane/src/store/memory-store.ts";
import { SqliteStore } from "../packages/control-plane/src/store/sqlite-store.ts";
import type { Store, Write } from "../packages/control-plane/src/store/store.ts";
import { update } from "../packages/control-plane/src/store/update.ts";
import { median, percentile, report } from "./statistics.ts";

const tasks = Number(process.argv[2] ?? 100_000);
const tasksPerService = 100;
const directory = mkdtempSync(join(tmpdir(), "hatoba-bench-"));
const serviceArn = (number: number) => `arn:aws:ecs:us-east-1:000000000000:service/default/web-${number}`;

/** A task that shares no object with another, as if it had come over the wire; 100 to a service, 20 to an instance. */
function newTask(number: number): Write {
  const value = exampleRunningTask({
    serviceArn: serviceArn(Math.floor(number / tasksPerService)),
    deploymentId: `ecs-svc/${Math.floor(number / tasksPerService)}`,
    containerInstanceArn: exampleContainerInstanceArn(number % Math.ceil(tasks / 20)),
  });
  return { kind: "task", arn: exampleTaskArn(number), expected: 0, value: JSON.parse(JSON.stringify(value)) as Task };
}

const milliseconds = async (work: () => unknown): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** Milliseconds of each of `rounds` calls. */
async function sample(rounds: number, work: (round: number) => unknown): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) samples.push(await milliseconds(() => work(round)));
  return samples;
}

async function commits(name: string, store: Store): Promise<Record<string, string | number>> {
  let number = 0;
  const single = await sample(1000, () => store.commit([newTask(number++)]));
  const groups = await sample(50, () =>
    Promise.all(Array.from({ length: 100 }, () => store.commit([newTask(number++)]))),
  );
  await store.close();
  return {
    store: name,
    "one by one, commits/s": Math.round(1000 / median(single)),
    "p50 ms": median(single),
    "p99 ms": percentile(single, 99),
    "100 a turn, commits/s": Math.round(100_000 / median(groups)),
    "p50 ms of 100": median(groups),
  };
}

async function fill(store: Store): Promise<void> {
  for (let first = 0; first < tasks; first += 1000) {
    const length = Math.min(1000, tasks - first);
    await store.commit(Array.from({ length }, (_, index) => newTask(first + index)));
  }
}

const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};

async function reading(store: Store): Promise<readonly Record<string, string | number>[]> {
  const snapshot = store.snapshot();
  const micro = async (what: string, rounds: number, work: (round: number) => unknown) => ({
    what,
    "p50 µs": median(await sample(rounds, work)) * 1000,
  });
  const nth = (round: number) => (round * 7919) % tasks;
  return [
    await micro("snapshot()", 10_000, () => store.snapshot()),
    await micro("get(task)", 10_000, (round) => snapshot.get("task", exampleTaskArn(nth(round)))),
    await micro("list(task, { serviceArn }): 100", 1000, (round) =>
      snapshot.list("task", { serviceArn: serviceArn(Math.floor(nth(round) / tasksPerService)) }),
    ),
    await micro("count(task, { lastStatus })", 1000, () => snapshot.count("task", { lastStatus: "RUNNING" })),
    await micro("tally(instanceUsage)", 1000, (round) =>
      snapshot.tally("instanceUsage", exampleContainerInstanceArn(nth(round) % 5000)),
    ),
    await micro(`list(task): ${tasks}`, 5, () => snapshot.list("task")),
    await micro("update of one task, durable", 500, (round) =>
      update(store, "task", exampleTaskArn(nth(round)), (task) => ({ ...task, lastStatus: "STOPPED" })),
    ),
    await micro("commit of 1000 tasks' statuses, durable", 10, (round) =>
      store.commit(
        Array.from({ length: 1000 }, (_, index): Write => {
          const arn = exampleTaskArn(round * 1000 + index);
          const current = store.snapshot().get("task", arn);
          if (current === undefined) throw new Error("fill the store first");
          return {
            kind: "task",
            arn,
            expected: current.revision,
            value: { ...current.value, connectivityAt: round },
          };
        }),
      ),
    ),
  ];
}

try {
  report(`Commits of one task (${availableParallelism()} cores)`, [
    await commits("MemoryStore", new MemoryStore()),
    await commits("SqliteStore", new SqliteStore({ path: join(directory, "commits.sqlite") })),
  ]);

  const before = heap();
  const path = join(directory, "many.sqlite");
  const store = new SqliteStore({ path, historyLength: 0 });
  const filled = await milliseconds(() => fill(store));
  const perTask = (heap() - before) / tasks;
  report(`With ${tasks} tasks`, await reading(store));
  await store.close();
  const opened = await milliseconds(() => new SqliteStore({ path }).close());
  report("Size", [
    {
      "filled, tasks/s": Math.round((tasks / filled) * 1000),
      "heap per task, KB": perTask / 1000,
      "disk per task, KB": statSync(path).size / tasks / 1000,
      "opened in ms": Math.round(opened),
    },
  ]);
} finally {
  rmSync(directory, { recursive: true });
}
