import { CreateServiceCommand, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type House, startHouse, taskReaching, tasksOf } from "./house.ts";
import { testImage } from "./image.ts";
import { PrivateEngine } from "./private-engine.ts";

// On an engine of the test's own, which may be stopped.
let engine: PrivateEngine;
let house: House;
beforeAll(async () => {
  engine = await PrivateEngine.start();
  house = await startHouse({ docker: engine.dockerHost });
});
afterAll(async () => {
  await house?.down();
  await engine?.[Symbol.asyncDispose]();
});

test("an engine that stops while tasks run, and comes back: tasks say what became of them, and the service is whole again", async () => {
  const image = await testImage(house.engine);
  const command = ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"];
  const containerDefinitions = [{ name: "app", image, memory: 16, essential: true, stopTimeout: 2, command }];
  // Host networking: this engine has no bridge.
  await house.ecs.send(new RegisterTaskDefinitionCommand({ family: "web", networkMode: "host", containerDefinitions }));
  await house.ecs.send(new CreateServiceCommand({ serviceName: "web", taskDefinition: "web", desiredCount: 2 }));
  const running = async () => {
    const tasks = await tasksOf(house, "web");
    return tasks.length === 2 && tasks.every(({ lastStatus }) => lastStatus === "RUNNING") ? tasks : undefined;
  };
  const before = await eventually("two tasks", running);
  await engine.stop();
  await engine.start();
  for (const { taskArn = "" } of before) {
    const stopped = await taskReaching(house, taskArn, "STOPPED");
    expect(stopped.stopCode).toBe("EssentialContainerExited");
    expect(stopped.containers?.[0]?.exitCode).toEqual(expect.any(Number));
  }
  const after = await eventually("two new tasks", running);
  const ids = (tasks: typeof after) => tasks.map(({ taskArn }) => taskArn);
  expect(ids(after).some((arn) => ids(before).includes(arn))).toBe(false);
  await eventually("no orphan container", async () => ((await house.containers()).length === 2 ? true : undefined));
});
