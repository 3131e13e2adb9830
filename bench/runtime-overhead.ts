/**
 * What the Docker runtime adds to the engine's own work: pull (of an image that is here), create, start and inspect through it,
 * against create and start as bare HTTP calls on a kept connection, turn by turn in the same run.
 * Run: npx node bench/runtime-overhead.ts [rounds, default 30]
 */
import * as http from "node:http";
import { busyboxImage } from "../packages/agent/src/images/build-image.ts";
import { DockerRuntime } from "../packages/agent/src/runtime/docker-runtime.ts";
import { testEngine } from "../test/docker/engine.ts";
import { median, percentile, report } from "./statistics.ts";

const rounds = Number(process.argv[2] ?? 30);
const command = ["sleep", "600"];
const house = await testEngine("unix:///var/run/docker.sock");
const runtime = new DockerRuntime({ engine: house.engine });
const agent = new http.Agent({ keepAlive: true });
const never = new AbortController().signal;
let count = 0;

try {
  const samples = { bare: [] as number[], createAndStart: [] as number[], all: [] as number[] };
  await bare();
  await throughRuntime();
  for (let round = 0; round < rounds; round++) {
    samples.bare.push(await bare());
    const { createAndStart, all } = await throughRuntime();
    samples.createAndStart.push(createAndStart);
    samples.all.push(all);
  }
  const base = median(samples.bare);
  const row = (what: string, values: readonly number[]) => ({
    what,
    "p50 ms": median(values),
    "p99 ms": percentile(values, 99),
    "of bare at p50": median(values) / base,
  });
  report(`One container, ${rounds} rounds`, [
    row("bare: create, start", samples.bare),
    row("runtime: create, start", samples.createAndStart),
    row("runtime: pull, create, start, inspect", samples.all),
  ]);
} finally {
  agent.destroy();
  await house.clean();
}

/** Milliseconds; the container is removed afterwards, outside the time. */
async function bare(): Promise<number> {
  const HostConfig = { CpuShares: 2, Memory: 32 * 1024 * 1024, NetworkMode: "bridge" };
  const began = performance.now();
  const body = { Image: busyboxImage, Cmd: command, Labels: house.labels, HostConfig };
  const { Id } = (await request("POST", `/containers/create?name=${house.run}-${count++}`, body)) as { Id: string };
  await request("POST", `/containers/${Id}/start`);
  const took = performance.now() - began;
  await request("DELETE", `/containers/${Id}?force=true&v=true`);
  return took;
}

async function throughRuntime(): Promise<{ readonly createAndStart: number; readonly all: number }> {
  const began = performance.now();
  await runtime.pull(busyboxImage, "default", never);
  const pulled = performance.now();
  const id = await runtime.create({
    name: `${house.run}-${count++}`,
    image: busyboxImage,
    command,
    environment: {},
    labels: house.labels,
    cpuShares: 2,
    memoryMiB: 32,
    network: { mode: "bridge" },
    ports: [],
    mounts: [],
    volumesFrom: [],
    links: [],
    dockerConfig: {},
    dockerHostConfig: {},
  });
  await runtime.start(id);
  const started = performance.now();
  await runtime.inspect(id);
  const all = performance.now() - began;
  await runtime.remove(id);
  return { createAndStart: started - pulled, all };
}

function request(method: string, path: string, body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const sent = http.request({ socketPath: "/var/run/docker.sock", method, path, agent, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve(text === "" ? undefined : JSON.parse(text)));
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
