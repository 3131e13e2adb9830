/**
 * What ECS Exec costs, against the engine's own exec in the same run: from a key press to its echo, turn by turn; the
 * throughput of 10 and 100 MB of output, with equal digests; fifty sessions at once; and the memory that a session takes
 * whose client does not read. Limits: 5 ms more than the engine at the median key press, a third of the engine's
 * throughput at 100 MB, and 64 MiB for the stalled session.
 * Run: npx node bench/exec.ts [key presses, default 300]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { DescribeTasksCommand } from "@aws-sdk/client-ecs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { liveSession } from "../packages/cli/src/exec/exec-session.ts";
import { openSession } from "../packages/cli/src/exec/open-session.ts";
import { repository } from "../test/docker/house.ts";
import { execHouse } from "../test/exec/exec-house.ts";
import { median, percentile, report } from "./statistics.ts";

const presses = Number(process.argv[2] ?? 300);
const manySessions = 50;
const limits = { keyMs: 5, throughput: 1 / 3, stalledMiB: 64 } as const;

const exec = await execHouse();
const { house } = exec;
const ssm = new SSMClient({
  endpoint: house.endpoint,
  region: house.env["AWS_REGION"] ?? "",
  credentials: {
    accessKeyId: house.env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: house.env["AWS_SECRET_ACCESS_KEY"] ?? "",
  },
});

/** Bytes in, bytes out, and who waits for the next. */
interface Echo {
  press(): Promise<number>;
  close(): Promise<unknown>;
}

function echoOver(
  write: (key: string) => void,
  onShown: (listener: () => void) => void,
  close: () => Promise<unknown>,
): Echo {
  let shown = (): void => undefined;
  onShown(() => shown());
  return {
    async press() {
      const { promise, resolve } = Promise.withResolvers<void>();
      shown = resolve;
      const began = performance.now();
      write("x");
      await promise;
      return performance.now() - began;
    },
    close,
  };
}

const echoCommand = "sh -c 'stty raw -echo; echo ready; exec cat'";

async function hatobaEcho(task: string): Promise<Echo> {
  const access = await openSession({ ecs: house.ecs, ssm }, { task, command: echoCommand, terminal: true });
  const [input, output] = [new PassThrough(), new PassThrough()];
  const leaving = new AbortController();
  const over = liveSession({
    access,
    input,
    output,
    errorOutput: process.stderr,
    size: () => ({ cols: 80, rows: 24 }),
    resume: async () => undefined,
    leave: leaving.signal,
  });
  const first = await Promise.race([once(output, "data"), over]);
  if (!Array.isArray(first)) throw new Error(`a session ended at once: ${first.text}`);
  output.resume();
  return echoOver(
    (key) => input.write(key),
    (listener) => output.on("data", listener),
    () => (leaving.abort(), over),
  );
}

async function engineEcho(containerId: string): Promise<Echo> {
  const container = house.engine.getContainer(containerId);
  const created = await container.exec({
    Cmd: ["sh", "-c", "stty raw -echo; echo ready; exec cat"],
    Tty: true,
    AttachStdin: true,
    AttachStdout: true,
  });
  const stream = await created.start({ hijack: true, stdin: true, Tty: true });
  await once(stream, "data");
  return echoOver(
    (key) => stream.write(key),
    (listener) => stream.on("data", listener),
    async () => stream.destroy(),
  );
}

/** Runs a program and reads what it writes. @returns MB/s and the digest */
async function throughput(
  program: string,
  words: readonly string[],
): Promise<{ readonly rate: number; readonly digest: string }> {
  const env = { ...process.env, HATOBA_DATA_DIR: house.dataDir };
  const child = spawn(program, words, { env, stdio: ["ignore", "pipe", "inherit"] });
  const digest = createHash("sha256");
  let [bytes, first] = [0, 0];
  child.stdout.on("data", (chunk: Buffer) => {
    first ||= performance.now();
    bytes += chunk.length;
    digest.update(chunk);
  });
  await once(child, "close");
  return { rate: bytes / 1e6 / ((performance.now() - first) / 1000), digest: digest.digest("hex") };
}

/** Resident memory of the house's processes that carry sessions, in MiB. */
function memoryMiB(): number {
  return ["control-plane", "agent"]
    .map((name) => {
      const { pid } = JSON.parse(readFileSync(join(house.dataDir, "run", `${name}.json`), "utf8")) as { pid: number };
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
    })
    .reduce((sum, each) => sum + each, 0);
}

try {
  const task = await exec.run();
  const { tasks } = await house.ecs.send(new DescribeTasksCommand({ tasks: [task] }));
  const containerId = tasks?.[0]?.containers?.[0]?.runtimeId ?? "";
  let failed = false;

  const echoes = { engine: await engineEcho(containerId), hatoba: await hatobaEcho(task) };
  const samples = { engine: [] as number[], hatoba: [] as number[] };
  for (let press = 0; press < presses; press++)
    for (const who of ["engine", "hatoba"] as const) samples[who].push(await echoes[who].press());
  await Promise.all(Object.values(echoes).map((echo) => echo.close()));
  report(
    `From a key press to its echo, ${presses} times`,
    Object.entries(samples).map(([what, ms]) => ({ what, "p50 ms": median(ms), "p99 ms": percentile(ms, 99) })),
  );
  failed ||= median(samples.hatoba) - median(samples.engine) > limits.keyMs;

  const rows = [];
  for (const megabytes of [10, 100]) {
    const file = `/tmp/${megabytes}`;
    const made = ["exec", containerId, "sh", "-c", `dd if=/dev/urandom of=${file} bs=1000000 count=${megabytes}`];
    await once(spawn("docker", made, { stdio: "ignore" }), "close");
    const engine = await throughput("docker", ["exec", containerId, "cat", file]);
    const hatoba = await throughput(join(repository, "hatoba"), ["exec", task, "cat", file]);
    rows.push({
      output: `${megabytes} MB`,
      "docker exec MB/s": engine.rate,
      "hatoba exec MB/s": hatoba.rate,
      digests: engine.digest === hatoba.digest ? "equal" : "DIFFERENT",
    });
    failed ||= engine.digest !== hatoba.digest;
    failed ||= megabytes === 100 && hatoba.rate < engine.rate * limits.throughput;
  }
  report("Output", rows);

  const began = performance.now();
  const many = await Promise.all(Array.from({ length: manySessions }, () => hatobaEcho(task)));
  const opened = performance.now() - began;
  const together = (await Promise.all(many.map((echo) => echo.press()))).concat(
    await Promise.all(many.map((echo) => echo.press())),
  );
  report(`${manySessions} sessions at once`, [
    { "all open after s": opened / 1000, "echo p50 ms": median(together), "echo p99 ms": percentile(together, 99) },
  ]);
  await Promise.all(many.map((echo) => echo.close()));

  const before = memoryMiB();
  const access = await openSession({ ecs: house.ecs, ssm }, { task, command: "cat /tmp/100", terminal: true });
  const [stalled, leaving] = [Promise.withResolvers<void>(), new AbortController()];
  const sink = new Writable({ highWaterMark: 1, write: () => stalled.resolve() }); // takes the first piece and never says so
  const over = liveSession({
    access,
    input: new PassThrough(),
    output: sink,
    errorOutput: process.stderr,
    size: () => ({ cols: 80, rows: 24 }),
    resume: async () => undefined,
    leave: leaving.signal,
  });
  await stalled.promise;
  // Until nothing grows any more.
  let now = memoryMiB();
  for (let last = 0; now > last; ) {
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    now = memoryMiB();
  }
  report("A session whose client reads nothing of 100 MB", [{ "MiB more in control plane and agent": now - before }]);
  failed ||= now - before > limits.stalledMiB;
  sink.destroy();
  leaving.abort();
  await Promise.race([over, new Promise((resolve) => setTimeout(resolve, 2000))]);
  if (failed) process.exitCode = 1;
} finally {
  await house.down();
}
process.exit();
