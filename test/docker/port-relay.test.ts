import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { busyboxImage } from "../../packages/agent/src/images/build-image.ts";
import type { RunningProgram } from "../../packages/agent/src/runtime/container-exec.ts";
import { DockerExec } from "../../packages/agent/src/runtime/docker-exec.ts";
import { DockerRuntime } from "../../packages/agent/src/runtime/docker-runtime.ts";
import { PortRelay } from "../../packages/agent/src/sessions/port-relay.ts";
import { encodeSmux, SmuxDecoder } from "../../packages/agent/src/sessions/smux.ts";
import { type TestEngine, testEngine } from "./engine.ts";

let house: TestEngine;
let exec: DockerExec;
let containerId = "";
const isRoot = process.getuid?.() === 0;

beforeAll(async () => {
  house = await testEngine();
  exec = new DockerExec(house.engine);
  const runtime = new DockerRuntime({ engine: house.engine });
  // A web server that only listens on the container's own loopback address.
  const script =
    "mkdir /w; echo inside > /w/page; head -c 3000000 /dev/zero > /w/large; exec httpd -f -p 127.0.0.1:8080 -h /w";
  containerId = await runtime.create({
    name: `${house.run}-web`,
    image: busyboxImage,
    command: ["sh", "-c", script],
    environment: {},
    labels: house.labels,
    cpuShares: 2,
    memoryMiB: 64,
    network: { mode: "bridge" },
    ports: [],
    mounts: [],
    volumesFrom: [],
    links: [],
    dockerConfig: {},
    dockerHostConfig: { ExtraHosts: ["web.inside:127.0.0.1"] },
  });
  await runtime.start(containerId);
  const listening = await exec.run(containerId, {
    argv: ["sh", "-c", "until wget -qO- http://127.0.0.1:8080/page; do :; done"],
    environment: {},
    mark: "wait",
  });
  for await (const _ of listening.output);
});
afterAll(() => house.clean());

const open = async (more: { multiplexed: boolean; port?: number; host?: string }, onRefused = () => undefined) => {
  const inside = await exec.look(containerId);
  if (inside === undefined) throw new Error("the container does not run");
  return new PortRelay(true).open({ port: 8080, ...more, inside, onRefused, onStarted: () => undefined });
};
const request = (path: string) => Buffer.from(`GET ${path} HTTP/1.0\r\n\r\n`);

async function readAll(program: RunningProgram): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const { bytes } of program.output) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts).toString();
}

describe.runIf(isRoot)("a port as a container sees it", () => {
  test("one connection, to what listens on the container's loopback address alone", async () => {
    const program = await open({ multiplexed: false });
    await program.write(request("/page"));
    expect(await readAll(program)).toMatch(/200 OK[^]*inside\n$/);
    expect(await program.exitCode()).toBe(0);
  });

  test("a host by the container's own names", async () => {
    const program = await open({ multiplexed: false, host: "web.inside" });
    await program.write(request("/page"));
    expect(await readAll(program)).toMatch(/inside\n$/);
  });

  test("a refused port is said so", async () => {
    await expect(open({ multiplexed: false, port: 9 })).rejects.toThrow(
      /Connection to localhost:9 failed: .*ECONNREFUSED/,
    );
  });

  test("four connections at once, and one that is refused", async () => {
    const program = await open({ multiplexed: true });
    const decoder = new SmuxDecoder();
    const got = new Map<number, number>();
    const ended = new Set<number>();
    for (const stream of [3, 5, 7, 9])
      await program.write(Buffer.concat([encodeSmux("SYN", stream), encodeSmux("PSH", stream, request("/large"))]));
    for await (const { bytes } of program.output) {
      for (const { command, stream, data } of decoder.push(bytes)) {
        if (command === "PSH") got.set(stream, (got.get(stream) ?? 0) + data.length);
        if (command === "FIN") ended.add(stream);
      }
      if (ended.size === 4) program.endInput();
    }
    expect([...got.values()].every((length) => length > 3_000_000)).toBe(true);
    let refused = 0;
    const other = await open({ multiplexed: true, port: 9 }, () => void refused++);
    await other.write(encodeSmux("SYN", 3));
    const first = await other.output[Symbol.asyncIterator]().next();
    expect(Buffer.from(first.value?.bytes ?? [])).toEqual(encodeSmux("FIN", 3));
    await other.end();
    expect(refused).toBe(1);
  });
});

test("a port of the machine itself", async () => {
  const server = createServer((_request, response) => void response.end("machine")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const program = await new PortRelay(isRoot).open({
    port,
    multiplexed: false,
    onRefused: () => undefined,
    onStarted: () => undefined,
  });
  await program.write(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  expect(await readAll(program)).toMatch(/machine/);
  server.close();
});
