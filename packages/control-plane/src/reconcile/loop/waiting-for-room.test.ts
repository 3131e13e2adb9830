import { describe, expect, it } from "vitest";
import type { ContainerInstance } from "../../model/container-instance.ts";
import {
  exampleClusterArn,
  exampleContainerInstance,
  exampleContainerInstanceArn,
  exampleRunningTask,
  exampleTaskArn,
} from "../../model/examples.ts";
import type { Task } from "../../model/task.ts";
import { WaitingForRoom } from "./waiting-for-room.ts";

const task = (of: Partial<Task>) =>
  ({ kind: "task", arn: exampleTaskArn(), revision: 1, value: exampleRunningTask(of) }) as const;
const base = exampleContainerInstance();
const instance = (of: Partial<ContainerInstance>) =>
  ({ kind: "containerInstance", arn: exampleContainerInstanceArn(), revision: 1, value: { ...base, ...of } }) as const;
const stopped = { revision: 2, before: task({}), after: task({ lastStatus: "STOPPED" }) };
const waitingFor = (pool: string, count: number) => {
  const waiting = new WaitingForRoom();
  for (let number = 0; number < count; number++) waiting.add(pool, String(number));
  return waiting;
};

describe("those who wait for room", () => {
  it.each([
    ["an instance that connects", instance({ agentConnected: false }), instance({}), 2],
    ["an instance that is new", undefined, instance({}), 2],
    ["an instance that no longer drains", instance({ status: "DRAINING" }), instance({}), 2],
    ["new attributes", instance({ attributes: [] }), instance({}), 2],
    ["a placement", instance({}), instance({}), 0],
    ["an instance of Fargate's", undefined, instance({ capacity: "FARGATE" }), 0],
    ["a task that stopped", task({}), task({ lastStatus: "STOPPED" }), 2],
    ["a task that is to stop", task({}), task({ desiredStatus: "STOPPED" }), 0],
    ["a task of Fargate's", task({ launchType: "FARGATE" }), task({ launchType: "FARGATE", lastStatus: "STOPPED" }), 0],
  ])("are told, or not, of %s", (_what, before, after, woken) => {
    const change = { revision: 2, after, ...(before === undefined ? {} : { before }) };
    expect(waitingFor(exampleClusterArn, 2).wokenBy(change)).toHaveLength(woken);
  });

  it("take turns at what a stopped task leaves", () => {
    const waiting = waitingFor(exampleClusterArn, 40);
    const first = waiting.wokenBy(stopped);
    const second = waiting.wokenBy(stopped);
    expect(new Set([...first, ...second]).size).toBe(32);
  });

  it("are forgotten when they no longer wait", () => {
    const waiting = waitingFor(exampleClusterArn, 1);
    waiting.remove("0");
    expect([waiting.count(exampleClusterArn), waiting.wokenBy(stopped)]).toEqual([0, []]);
  });
});
