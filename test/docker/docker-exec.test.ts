import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import { containerExecConformance, readAll } from "../../packages/agent/src/runtime/container-exec.conformance.ts";
import type { ExecCommand, RunningProgram } from "../../packages/agent/src/runtime/container-exec.ts";
import { DockerExec } from "../../packages/agent/src/runtime/docker-exec.ts";
import { DockerRuntime } from "../../packages/agent/src/runtime/docker-runtime.ts";
import { type TestEngine, testEngine } from "./engine.ts";

let house: TestEngine;
let exec: DockerExec;
let containerId = "";
let marks = 0;

beforeAll(async () => {
  house = await testEngine();
  exec = new DockerExec(house.engine);
  const runtime = new DockerRuntime({ engine: house.engine });
  containerId = await runtime.create({
    name: `${house.run}-exec`,
    image: busyboxImage,
    command: ["sleep", "600"],
    environment: { COLOUR: "blue" },
    labels: house.labels,
    cpuShares: 2,
    memoryMiB: 64,
    network: { mode: "bridge" },
    ports: [],
    mounts: [],
    volumesFrom: [],
    links: [],
    dockerConfig: { User: "1000" },
    dockerHostConfig: {},
  });
  await runtime.start(containerId);
});
afterAll(() => house.clean());

const processes = async (word: string) => {
  const answer = await house.engine.call<{ readonly Processes: readonly (readonly string[])[] }>(
    "GET",
    `/containers/${containerId}/top`,
  );
  return answer.Processes.filter((fields) => fields.join(" ").includes(word)).length;
};
const run = (argv: readonly [string, ...string[]], more: Partial<ExecCommand> = {}) =>
  exec.run(containerId, { argv, environment: {}, mark: `${house.run}-${++marks}`, ...more });

containerExecConformance("DockerExec", async () => ({ exec, containerId, processes, close: async () => undefined }));

/** Reads until a text has come. */
async function until(output: AsyncIterator<{ readonly bytes: Uint8Array }>, text: string): Promise<string> {
  let seen = "";
  while (!seen.includes(text)) {
    const { value, done } = await output.next();
    if (done === true) throw new Error(`ended before ${text}: ${seen}`);
    seen += Buffer.from(value.bytes).toString();
  }
  return seen;
}
const outputOf = (program: RunningProgram) => program.output[Symbol.asyncIterator]();

describe("a program at a terminal", () => {
  const terminal = { cols: 101, rows: 37 };

  test("user and environment are as asked; the size is there", async () => {
    const script = "read x; id -u; echo $COLOUR $TERM; stty size";
    const program = await run(["sh", "-c", script], {
      terminal,
      user: "0",
      environment: { TERM: "xterm-256color" },
    });
    await program.write(Buffer.from("\r"));
    const { stdout, stderr } = await readAll(program);
    expect(stdout).toContain("0\r\nblue xterm-256color\r\n37 101\r\n");
    expect(stderr).toBe("");
    expect(await program.exitCode()).toBe(0);
  });

  test("Ctrl-C ends the program at the front, the shell goes on; a new size is seen", async () => {
    const program = await run(["sh"], { terminal });
    const output = outputOf(program);
    await program.write(Buffer.from("sleep 600; echo code=$?\r"));
    await until(output, "code=$?\r\n");
    while ((await processes("sleep 600")) < 2) await new Promise((resolve) => setImmediate(resolve));
    await program.write(Buffer.from([3]));
    await program.write(Buffer.from("echo after=$((6*7))\r"));
    await until(output, "after=42");
    program.resize({ cols: 90, rows: 20 });
    program.resize({ cols: 91, rows: 21 });
    await program.write(Buffer.from("while [ \"$(stty size)\" != '21 91' ]; do :; done; echo sized$((1+1))\r"));
    await until(output, "sized2");
    program.endInput();
    while ((await output.next()).done !== true);
    expect(await program.exitCode()).toBe(0);
  });

  test("a hang-up takes what was started in the background, and what Ctrl-Z has stopped", async () => {
    const program = await run(["sh"], { terminal });
    const output = outputOf(program);
    await program.write(Buffer.from("sleep 7331 & sleep 7331\r"));
    while ((await processes("sleep 7331")) < 2) await new Promise((resolve) => setImmediate(resolve));
    await program.write(Buffer.from([0x1a]));
    await until(output, "topped");
    await program.end();
    expect(await processes("sleep 7331")).toBe(0);
  });
});

describe("much output", () => {
  test("ten megabytes come out as they went in", async () => {
    const script = "dd if=/dev/urandom of=/tmp/x bs=1M count=10 2>/dev/null; sha256sum /tmp/x >&2; cat /tmp/x";
    const program = await run(["sh", "-c", script], { user: "0" });
    const digest = createHash("sha256");
    let told = "";
    for await (const { from, bytes } of program.output) {
      if (from === "stdout") digest.update(bytes);
      else told += Buffer.from(bytes).toString();
    }
    expect(told.slice(0, 64)).toBe(digest.digest("hex"));
  });

  test("who is not read stands still", async () => {
    const program = await run(["sh", "-c", "yes | tee /tmp/count >/dev/stdout"], { user: "0" });
    const output = outputOf(program);
    await output.next();
    const size = async () => Number((await readAll(await run(["stat", "-c", "%s", "/tmp/count"]))).stdout);
    let before = -1;
    for (let now = await size(); now !== before; now = await size()) before = now;
    expect(before).toBeLessThan(8 * 1024 * 1024);
    await program.end();
    expect(await processes("yes")).toBe(0);
  });
});
