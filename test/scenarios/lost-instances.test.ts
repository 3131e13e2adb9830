import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { kinds } from "../../packages/control-plane/src/model/resources.ts";
import { ManualClock } from "../../packages/control-plane/src/platform/clock.ts";
import { MemoryStore } from "../../packages/control-plane/src/store/memory-store.ts";
import type { Store, Write } from "../../packages/control-plane/src/store/store.ts";
import { WholeHouse } from "../harness/whole-house.ts";

let house: WholeHouse;
afterEach(() => house.close());
const clock = () => house.clock as ManualClock;

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
/** Time passes, and everything that is due happens. */
async function pass(milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 1_000) {
    clock().advance(1_000);
    await turns(10);
  }
}
async function settle(what: string, reached: () => Promise<boolean>): Promise<void> {
  for (let passed = 0; passed < 900_000; passed += 1_000) {
    await turns();
    if (await reached()) return;
    clock().advance(1_000);
  }
  throw new Error(`never: ${what}`);
}

const service = async () => (await house.call("DescribeServices", { services: ["web"] })).services?.[0];
/** The names of the containers that run, wherever. */
const containers = () =>
  house.agents.flatMap(({ runtime }) =>
    runtime.containers.filter((container) => container.observe().status === "RUNNING").map(({ spec }) => spec.name),
  );
/** As many tasks as wanted run, each once, and no other container does. */
const steady = (count: number) => async () => {
  const running = containers();
  return running.length === count && new Set(running).size === count && (await service())?.runningCount === count;
};

async function openWithService(machines: number, desiredCount: number): Promise<void> {
  house = new WholeHouse({ settings: { agentLostAfterMs: 60_000 } });
  await house.open(machines);
  const containerDefinitions = [{ name: "app", image: "app", memory: 64, cpu: 64, stopTimeout: 2 }];
  await house.call("RegisterTaskDefinition", { family: "web", containerDefinitions });
  await house.call("CreateService", { serviceName: "web", taskDefinition: "web", desiredCount });
  await settle("the service starts", steady(desiredCount));
}

const event = fc.oneof(
  fc.record({ do: fc.constantFrom("cut" as const, "connect" as const, "restart" as const), machine: fc.nat(2) }),
  fc.record({ do: fc.constant("pass" as const), seconds: fc.nat(90) }),
  fc.record({ do: fc.constant("scale" as const), to: fc.nat(5) }),
  fc.constant({ do: "restart the control plane" as const }),
);

test("whoever is away, for however long, and comes back: no task runs twice, none is left over, none is missing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 2, maxLength: 8 }), async (events) => {
      await openWithService(3, 4);
      let wanted = 4;
      for (const happening of events) {
        if (happening.do === "pass") await pass(happening.seconds * 1_000);
        else if (happening.do === "restart the control plane") await house.restartControlPlane();
        else if (happening.do === "scale") {
          wanted = happening.to;
          await house.call("UpdateService", { service: "web", desiredCount: wanted });
        } else {
          const agent = house.agents[happening.machine];
          if (happening.do === "cut") agent?.disconnect();
          else if (happening.do === "connect") agent?.connect();
          else {
            await agent?.kill();
            await agent?.start();
          }
        }
        await turns(3);
      }
      for (const agent of house.agents) agent.connect();
      await settle("all is well again", steady(wanted));
      await house.close();
    }),
    { numRuns: 30 },
  );
});

describe("an instance that was away for too long", () => {
  test("has lost its tasks, with the reason; back again, it stops what it still runs and takes new tasks", async () => {
    await openWithService(1, 2);
    const [agent] = house.agents;
    const { taskArns: before = [] } = await house.call("ListTasks", {});
    agent?.disconnect();
    await pass(70_000);
    const { tasks = [] } = await house.call("DescribeTasks", { tasks: before });
    for (const task of tasks) {
      expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "TerminationNotice" });
      expect(task.stoppedReason).toMatch(/has been disconnected for 60 seconds$/);
      expect(task.stoppedAt).toBeInstanceOf(Date);
    }
    expect(containers()).toHaveLength(2); // nobody can reach them
    agent?.connect();
    await settle("its old tasks are gone, new ones run", steady(2));
    const { taskArns: after = [] } = await house.call("ListTasks", {});
    expect(after.filter((arn) => before.includes(arn))).toEqual([]);
  });
});

test("agents open new connections every half hour, and nobody notices", async () => {
  await openWithService(2, 4);
  const { taskArns: before = [] } = await house.call("ListTasks", {});
  let away = 0;
  const stopListening = house.store.onChange(({ after }) => {
    if (after?.kind === "containerInstance" && !after.value.agentConnected) away += 1;
  });
  for (let minute = 0; minute < 180; minute++) {
    for (let second = 0; second < 60; second += 10) {
      clock().advance(10_000);
      await turns(2);
    }
  }
  stopListening();
  expect(away).toBe(0);
  expect((await house.call("ListTasks", {})).taskArns?.toSorted()).toEqual(before.toSorted());
  expect(await steady(4)()).toBe(true);
});

/** As if it had been copied at this moment. */
async function copyOf(store: Store): Promise<MemoryStore> {
  const copy = new MemoryStore();
  const snapshot = store.snapshot();
  await copy.commit(
    kinds.flatMap((kind) => snapshot.list(kind).map(({ arn, value }) => ({ kind, arn, expected: 0, value }) as Write)),
  );
  return copy;
}

test("a store that is restored from an older copy: what was started since is stopped, what is missing is started", async () => {
  await openWithService(2, 2);
  const backup = await copyOf(house.store);
  await house.call("UpdateService", { service: "web", desiredCount: 5 });
  await settle("more tasks", steady(5));
  const newest = house.store.snapshot().revision;
  Object.assign(house.context, { store: backup });
  Object.assign(house, { store: backup });
  expect(backup.snapshot().revision).toBeLessThan(newest);
  await house.restartControlPlane();
  await settle("as the copy has it", steady(2));
});
