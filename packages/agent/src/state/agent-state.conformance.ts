import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KnownTask } from "../engine/known-task.ts";
import type { AgentState } from "./agent-state.ts";

/** A task as a state keeps it. */
export function storedTask(id: number, more: Partial<KnownTask> = {}): KnownTask {
  const arn = `arn:aws:ecs:us-east-1:000000000000:task/demo/${id}`;
  return {
    arn,
    payload: { arn, taskClusterArn: "c", family: "f", version: "1", desiredStatus: "RUNNING", containers: [] },
    desiredStatus: "RUNNING",
    containers: [{ name: "app", runtimeName: `ecs-f-1-app-${id}`, status: "NONE" }],
    acknowledged: { containers: {} },
    ...more,
  };
}

/** What every AgentState promises. `reopen` gives the state as the next process finds it, the one before being closed. */
export function agentStateConformance(
  title: string,
  prepare: () => { readonly state: AgentState; reopen(): AgentState; clean(): void },
): void {
  describe(title, () => {
    let house: ReturnType<typeof prepare>;
    let state: AgentState;
    beforeEach(() => {
      house = prepare();
      ({ state } = house);
    });
    afterEach(async () => {
      await state.close();
      house.clean();
    });
    const reopen = async () => {
      await state.close();
      state = house.reopen();
    };

    test("begins with nothing but a name", () => {
      expect(state.facts()).toMatchObject({ sequenceNumber: -1, agentId: expect.stringMatching(/^.+$/) as string });
      expect(state.tasks()).toEqual([]);
    });

    test("facts outlive the process", async () => {
      const { agentId } = state.facts();
      state.setFacts({ cluster: "demo" });
      state.setFacts({ sequenceNumber: 7 });
      expect(state.facts()).toEqual({ agentId, cluster: "demo", sequenceNumber: 7 });
      await state.durable();
      await reopen();
      expect(state.facts()).toEqual({ agentId, cluster: "demo", sequenceNumber: 7 });
    });

    test("tasks outlive the process, in their order and as they were last", async () => {
      state.save(storedTask(2));
      state.save(storedTask(1));
      await state.durable();
      state.save(storedTask(2, { desiredStatus: "STOPPED", reason: "because" }));
      state.save(storedTask(3));
      expect(state.tasks().map(({ arn }) => arn.slice(-1))).toEqual(["2", "1", "3"]);
      await reopen();
      expect(state.tasks()).toEqual([
        storedTask(2, { desiredStatus: "STOPPED", reason: "because" }),
        storedTask(1),
        storedTask(3),
      ]);
    });

    test("what was removed does not come back, whether it was written or not", async () => {
      state.save(storedTask(1));
      await state.durable();
      state.save(storedTask(2));
      state.remove(storedTask(1).arn);
      state.remove(storedTask(2).arn);
      state.remove(storedTask(3).arn);
      expect(state.tasks()).toEqual([]);
      await reopen();
      expect(state.tasks()).toEqual([]);
      state.save(storedTask(1));
      await reopen();
      expect(state.tasks()).toEqual([storedTask(1)]);
    });
  });
}
