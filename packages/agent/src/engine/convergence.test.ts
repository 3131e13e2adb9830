import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskStateChange } from "../channel/control-plane.ts";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import type { MemoryProgram } from "../runtime/memory-program.ts";
import {
  containerPayload,
  Machine,
  settled,
  stopPayload,
  taskArnOf,
  taskPayload,
  vpcPayload,
} from "./engine.fixture.ts";

/** How the containers of a run behave, by image. */
const programs: Readonly<Record<string, MemoryProgram>> = {
  steady: {},
  slow: { pullMs: 3000, createMs: 500, startMs: 700, stopMs: 1500 },
  deaf: { ignoresStop: true },
  short: { startMs: 10, exitAfterMs: 2000, exitCode: 3 },
  instant: { exitAfterMs: 0 },
  fails: { failStart: new ContainerFailure("CannotStartContainerError", "no") },
  missing: { pullMs: 100, failPull: new ContainerFailure("CannotPullContainerError", "no") },
};
const images = Object.keys(programs);
const taskCount = 4;

type Happening =
  | { readonly is: "assign" | "stop"; readonly task: number }
  | { readonly is: "pass"; readonly ms: number }
  | { readonly is: "settle" | "engineBack" | "controlPlaneAway" | "controlPlaneBack" }
  | { readonly is: "engineGone"; readonly kills: boolean }
  | { readonly is: "agentDies"; readonly losesWrites: boolean }
  | { readonly is: "exit" | "vanish"; readonly container: number };

const task = fc.integer({ min: 1, max: taskCount });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constantFrom("assign" as const, "stop" as const), task }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 4000 }) }) },
  { weight: 3, arbitrary: fc.constant({ is: "settle" as const }) },
  fc.constantFrom(
    { is: "engineBack" as const },
    { is: "controlPlaneAway" as const },
    { is: "controlPlaneBack" as const },
  ),
  fc.record({ is: fc.constant("engineGone" as const), kills: fc.boolean() }),
  fc.record({ is: fc.constant("agentDies" as const), losesWrites: fc.boolean() }),
  fc.record({ is: fc.constantFrom("exit" as const, "vanish" as const), container: fc.nat(9) }),
);

const shape = fc.record({
  vpc: fc.boolean(),
  containers: fc.array(fc.record({ image: fc.constantFrom(...images), essential: fc.boolean(), waits: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  }),
});
type Shape = typeof shape extends fc.Arbitrary<infer S> ? S : never;

function payloadOf(id: number, { vpc, containers }: Shape) {
  const list = containers.map(({ image, essential, waits }, at) =>
    containerPayload(`c${at}`, {
      image,
      cpu: 1000,
      essential: essential || at === 0,
      stopTimeout: 2,
      ...(waits && at > 0 ? { dependsOn: [{ containerName: `c${at - 1}`, condition: "START" as const }] } : {}),
    }),
  );
  return vpc ? vpcPayload(id, { containers: list }) : taskPayload(id, { containers: list });
}

async function happen(
  machine: Machine,
  what: Happening,
  shapes: readonly Shape[],
  assigned: Set<number>,
): Promise<void> {
  const { engine, runtime, reports } = machine;
  switch (what.is) {
    case "assign": {
      const payload = shapes[what.task - 1];
      // As the control plane does: nobody is asked to run what has been reported as over.
      const isOver = reports.of(taskArnOf(what.task)).some(({ status }) => status === "STOPPED");
      if (payload !== undefined && !isOver) await engine.assign([payloadOf(what.task, payload)], 1);
      assigned.add(what.task);
      return;
    }
    case "stop":
      if (assigned.has(what.task)) await engine.assign([stopPayload(what.task)], 1);
      return;
    case "pass":
      machine.clock.advance(what.ms);
      return;
    case "settle":
      return settled();
    case "engineGone":
      return runtime.goDown(what.kills ? 137 : undefined);
    case "engineBack":
      return runtime.comeBack();
    case "controlPlaneAway":
    case "controlPlaneBack":
      reports.isAway = what.is === "controlPlaneAway";
      return;
    case "agentDies":
      runtime.comeBack(); // an agent does not start without an engine
      return machine.restartAgent(what.losesWrites);
    case "exit":
      runtime.containers[what.container]?.end(1);
      return;
    case "vanish": {
      const id = runtime.containers[what.container]?.id;
      if (id !== undefined) await runtime.remove(id).catch(() => undefined);
    }
  }
}

const rank = { PENDING: 0, RUNNING: 1, STOPPED: 2 } as const;

function expectForward(changes: readonly TaskStateChange[]): void {
  let known = 0;
  const containers = new Map<string, number>();
  for (const { status = "PENDING", containers: told = [] } of changes) {
    expect(rank[status]).toBeGreaterThanOrEqual(known);
    known = rank[status];
    for (const { containerName, status: of } of told) {
      expect(rank[of]).toBeGreaterThanOrEqual(containers.get(containerName) ?? 0);
      containers.set(containerName, rank[of]);
    }
  }
}

describe("whatever happens in whatever order", () => {
  test("wanted tasks come to run or end, unwanted ones go, and nothing stays behind", async () => {
    const scenario = fc.record({
      shapes: fc.array(shape, { minLength: taskCount, maxLength: taskCount }),
      happenings: fc.array(happening, { minLength: 5, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ shapes, happenings }) => {
        const machine = new Machine((container) => programs[container.image] ?? {}, {
          supply: { cpu: 5000, memoryMiB: 100_000, ports: [] },
        });
        const assigned = new Set<number>();
        await machine.engine.open();
        for (const what of happenings) {
          await happen(machine, what, shapes, assigned);
          const names = machine.runtime.containers.map(
            ({ spec }) =>
              spec.labels["com.amazonaws.ecs.task-arn"] + (spec.labels["com.amazonaws.ecs.container-name"] ?? ""),
          );
          expect(new Set(names).size).toBe(names.length);
          // Whoever restarted, and whatever was lost: nothing is started a second time.
          expect(Math.max(0, ...machine.runtime.containers.map(({ starts }) => starts))).toBeLessThanOrEqual(1);
        }

        // The weather clears; nothing is asked any more.
        machine.runtime.comeBack();
        machine.reports.isAway = false;
        await machine.pass(600_000, 2000);
        for (const known of machine.engine.tasks()) {
          const waiting = known.containers.every(({ status }) => status === "NONE" || status === "STOPPED");
          const running = known.containers.some(({ status }) => status === "RUNNING");
          expect({ waiting: waiting || running, desired: known.desiredStatus }).toEqual({
            waiting: true,
            desired: "RUNNING",
          });
        }

        await machine.engine.assign([...assigned].map(stopPayload), 2);
        await machine.pass(400_000, 2000);
        expect(machine.engine.tasks()).toEqual([]);
        expect(machine.runtime.containers.map(({ spec }) => spec.name)).toEqual([]);
        expect(machine.state.tasks()).toEqual([]);
        for (const id of assigned) {
          const changes = machine.reports.of(taskArnOf(id));
          expect(changes.at(-1)?.status).toBe("STOPPED");
        }
        const onceOver = !happenings.some((what) => what.is === "agentDies" && what.losesWrites);
        if (onceOver) for (const id of assigned) expectForward(untilStopped(machine.reports.of(taskArnOf(id))));
        await machine.engine.close();
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

/** What is reported of a task after its end answers the wish to stop what is not known any more. */
function untilStopped(changes: readonly TaskStateChange[]): readonly TaskStateChange[] {
  return changes.slice(0, changes.findIndex(({ status }) => status === "STOPPED") + 1);
}
