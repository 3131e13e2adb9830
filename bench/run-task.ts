/**
 * What Hatoba adds to starting a container: RunTask until DescribeTasks says RUNNING, against the engine's own create and
 * start of the same container, turn by turn in the same run; then how many start per second when twenty are asked for at
 * once. Limit: ours at most 1.15 times the engine's median.
 * Run: npx node bench/run-task.ts [rounds, default 30]
 */
import {
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type Docker from "dockerode";
import { eventually, type House, startHouse } from "../test/docker/house.ts";
import { testImage } from "../test/docker/image.ts";
import { median, percentile, report } from "./statistics.ts";

const rounds = Number(process.argv[2] ?? 30);
const atOnce = 20;
const command = ["sleep", "600"];
const memoryMiB = 32;

const house = await startHouse();
try {
  const image = await testImage(house.engine);
  const containerDefinitions = [{ name: "app", image, command, memory: memoryMiB, essential: true, stopTimeout: 2 }];
  await house.ecs.send(new RegisterTaskDefinitionCommand({ family: "bench", containerDefinitions }));

  // The first of each pays for caches; it is not counted.
  await raw(house.engine, image);
  await ours(house);
  const engineMs: number[] = [];
  const hatobaMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    engineMs.push(await raw(house.engine, image));
    hatobaMs.push(await ours(house));
  }
  const row = (what: string, samples: readonly number[]) => ({
    what,
    "p50 ms": median(samples),
    "p99 ms": percentile(samples, 99),
  });
  report(`One container, ${rounds} rounds`, [
    row("engine: create + start", engineMs),
    row("Hatoba: RunTask to RUNNING", hatobaMs),
  ]);
  const ratio = median(hatobaMs) / median(engineMs);
  console.log(`Hatoba / engine at p50: ${ratio.toFixed(3)} (limit 1.15)`);

  const engineTogether = await together(() => raw(house.engine, image));
  const hatobaTogether = await runTogether(house);
  report(`${atOnce} at once`, [
    { what: "engine", "starts/s": atOnce / (engineTogether / 1000) },
    { what: "Hatoba", "starts/s": atOnce / (hatobaTogether / 1000) },
  ]);
  if (ratio > 1.15) process.exitCode = 1;
} finally {
  await house.down();
}

/** Milliseconds from create to started; removed afterwards, outside the time. */
async function raw(engine: Docker, image: string): Promise<number> {
  const started = performance.now();
  const container = await engine.createContainer({
    Image: image,
    Cmd: command,
    Labels: { "dev.hatoba.house": house.houseId },
    HostConfig: { Memory: memoryMiB * 1024 * 1024, NetworkMode: "bridge" },
  });
  await container.start();
  const took = performance.now() - started;
  await container.remove({ force: true });
  return took;
}

/** From the call to the moment from which on DescribeTasks says RUNNING, which is the task's startedAt: asking for it all the time would slow down what is measured. */
async function ours({ ecs }: House): Promise<number> {
  const called = Date.now();
  const { tasks = [] } = await ecs.send(new RunTaskCommand({ taskDefinition: "bench" }));
  const arn = tasks[0]?.taskArn ?? "";
  const [running] = await reach([arn], "RUNNING");
  const took = Number(running?.startedAt) - called;
  await ecs.send(new StopTaskCommand({ task: arn }));
  await reach([arn], "STOPPED");
  await eventually("its container is gone", async () => ((await house.containers()).length === 0 ? true : undefined));
  return took;
}

async function together(start: () => Promise<number>): Promise<number> {
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, start));
  return performance.now() - started;
}

async function runTogether({ ecs }: House): Promise<number> {
  const called = Date.now();
  const answers = await Promise.all(
    [10, atOnce - 10].map((count) => ecs.send(new RunTaskCommand({ taskDefinition: "bench", count }))),
  );
  const arns = answers.flatMap(({ tasks = [] }) => tasks.map(({ taskArn = "" }) => taskArn));
  const running = await reach(arns, "RUNNING");
  return Math.max(...running.map(({ startedAt }) => Number(startedAt))) - called;
}

async function reach(arns: string[], status: string): Promise<readonly Task[]> {
  return await eventually(`${arns.length} tasks ${status}`, async () => {
    const { tasks = [] } = await house.ecs.send(new DescribeTasksCommand({ tasks: arns }));
    return tasks.every(({ lastStatus }) => lastStatus === status) ? tasks : undefined;
  });
}
