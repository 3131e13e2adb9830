/**
 * Requests per second of DescribeTasks and RegisterTaskDefinition, on one connection and on sixteen, against moto's server
 * in the same run if it is on this machine (`moto_server`). Hatoba checks signatures and makes every registration durable.
 * Run: npx node bench/api.ts [seconds per row, default 3]
 */
import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SignatureV4 } from "@smithy/signature-v4";
import { freePort } from "../test/docker/house.ts";
import { report } from "./statistics.ts";

class Sha256 {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret === undefined || typeof secret === "string" ? secret : Buffer.from(secret as ArrayBuffer);
    this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(typeof data === "string" ? data : Buffer.from(data as ArrayBuffer));
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

interface Server {
  readonly name: string;
  readonly port: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): void;
}

const seconds = Number(process.argv[2] ?? 3);
const servers = [await startHatoba(await freePort()), await startMoto(await freePort())].filter(
  (server) => server !== undefined,
);
const rows: Record<string, string | number>[] = [];
try {
  const definition = { family: "bench", containerDefinitions: [{ name: "app", image: "busybox", memory: 32 }] };
  for (const server of servers) {
    await call(server, "CreateCluster", { clusterName: "default" });
    await call(server, "RegisterTaskDefinition", definition);
    for (const [operation, body] of [
      ["DescribeTasks", { tasks: ["0123456789abcdef0123456789abcdef"] }],
      ["RegisterTaskDefinition", definition],
    ] as const) {
      for (const connections of [1, 16])
        rows.push({
          server: server.name,
          operation,
          connections,
          "requests/s": await load(server, operation, body, connections),
        });
    }
  }
} finally {
  for (const server of servers) server.stop();
}
report(`API, ${seconds} s a row`, rows);

async function signed(server: Server, operation: string, body: object) {
  const signer = new SignatureV4({
    service: "ecs",
    region: "us-east-1",
    credentials: server.credentials,
    sha256: Sha256,
  });
  const text = JSON.stringify(body);
  const { headers } = await signer.sign({
    method: "POST",
    protocol: "http:",
    hostname: "127.0.0.1",
    port: server.port,
    path: "/",
    headers: {
      host: `127.0.0.1:${server.port}`,
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body: text,
  });
  return { headers: { ...headers, "content-length": String(Buffer.byteLength(text)) }, text };
}

function send(port: number, agent: Agent, { headers, text }: Awaited<ReturnType<typeof signed>>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request({ host: "127.0.0.1", port, path: "/", method: "POST", agent, headers }, (response) => {
    response.resume().on("end", () => resolve(response.statusCode ?? 0));
  });
  sent.on("error", reject).end(text);
  return promise;
}

async function call(server: Server, operation: string, body: object): Promise<void> {
  const agent = new Agent();
  const status = await send(server.port, agent, await signed(server, operation, body));
  if (status !== 200) throw new Error(`${server.name} ${operation}: ${status}`);
}

async function load(server: Server, operation: string, body: object, connections: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const message = await signed(server, operation, body);
  let done = 0;
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        if ((await send(server.port, agent, message)) !== 200) throw new Error(`${server.name} ${operation} failed`);
        done++;
      }
    }),
  );
  agent.destroy();
  return done / seconds;
}

async function startHatoba(port: number): Promise<Server> {
  const dataDir = mkdtempSync(join(tmpdir(), "hatoba-bench-"));
  const main = join(import.meta.dirname, "..", "packages/control-plane/src/main.ts");
  const child = spawn(
    process.execPath,
    [main, "--data-dir", dataDir, "--listen", `127.0.0.1:${port}`, "--log-level", "warn"],
    { stdio: "inherit" },
  );
  await answering(port);
  return {
    name: "hatoba",
    port,
    credentials: JSON.parse(readFileSync(join(dataDir, "credentials.json"), "utf8")) as Server["credentials"],
    stop() {
      child.kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function startMoto(port: number): Promise<Server | undefined> {
  const child = spawn("moto_server", ["-p", String(port)], { stdio: "ignore" });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.once("spawn", () => resolve(true)).once("error", () => resolve(false));
  if (!(await promise)) {
    console.log("moto_server is not on this machine: no peer in this run.");
    return undefined;
  }
  await answering(port);
  return {
    name: "moto",
    port,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    stop: () => void child.kill(),
  };
}

async function answering(port: number): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await wait(50)) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    await response?.body?.cancel();
    if (response !== undefined) return;
  }
  throw new Error(`Nothing answers on port ${port}`);
}
