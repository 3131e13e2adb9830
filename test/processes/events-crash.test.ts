import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { afterEach, beforeEach, expect, test } from "vitest";

const [apiKey, header] = ["key-that-nobody-may-read", "header-that-nobody-may-read"];
let directory: string;
let endpoint: Server;
/** Calls of the endpoint that it refused, and numbers of events that it took. */
let [refused, taken] = [0, [] as number[]];
let isUp = false;
const started: { kill(): Promise<void> }[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "hatoba-events-"));
  endpoint = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      const isAllowed = request.headers["x-key"] === apiKey && request.headers["x-header"] === header;
      if (isUp && isAllowed) taken.push((JSON.parse(body) as { detail: { number: number } }).detail.number);
      else refused++;
      response.writeHead(isUp && isAllowed ? 200 : 503).end();
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  for (const each of started.splice(0)) await each.kill();
  endpoint.closeAllConnections();
  await new Promise((resolve) => endpoint.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

/** A control plane on a free port, as a process that can be killed. */
async function startControlPlane() {
  const main = join(import.meta.dirname, "../../packages/control-plane/src/main.ts");
  const child = spawn(process.execPath, [main, "--data-dir", directory, "--listen", "127.0.0.1:0"]);
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const house = {
    kill() {
      child.kill("SIGKILL");
      return ended;
    },
  };
  started.push(house);
  const url = await new Promise<string>((resolve, reject) => {
    let output = "";
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /"url":"(http:[^"]+)"/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("close", () => reject(new Error(output)));
  });
  const credentials = JSON.parse(readFileSync(join(directory, "credentials.json"), "utf8")) as {
    accessKeyId: string;
    secretAccessKey: string;
  };
  const client = new EventBridgeClient({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
  return { ...house, client };
}

async function sendToEndpoint(client: EventBridgeClient): Promise<void> {
  const { ConnectionArn } = await client.send(
    new CreateConnectionCommand({
      Name: "to",
      AuthorizationType: "API_KEY",
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: "x-key", ApiKeyValue: apiKey },
        InvocationHttpParameters: {
          HeaderParameters: [{ Key: "x-header", Value: header, IsValueSecret: true }],
        },
      },
    }),
  );
  const { port } = endpoint.address() as AddressInfo;
  const { ApiDestinationArn } = await client.send(
    new CreateApiDestinationCommand({
      Name: "to",
      ConnectionArn,
      HttpMethod: "POST",
      InvocationEndpoint: `http://127.0.0.1:${port}/`,
    }),
  );
  await client.send(new PutRuleCommand({ Name: "mine", EventPattern: JSON.stringify({ source: ["my.app"] }) }));
  const target = { Id: "1", Arn: ApiDestinationArn, RoleArn: "arn:aws:iam::000000000000:role/r" };
  await client.send(new PutTargetsCommand({ Rule: "mine", Targets: [target] }));
}

/** Ten at a time. */
async function putEvents(client: EventBridgeClient, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += 10) {
    const Entries = Array.from({ length: Math.min(10, to - first) }, (_, at) => ({
      Source: "my.app",
      DetailType: "Thing",
      Detail: JSON.stringify({ number: first + at }),
    }));
    expect((await client.send(new PutEventsCommand({ Entries }))).FailedEntryCount).toBe(0);
  }
}

test("what was taken in for an endpoint that is down arrives after the control plane was killed, all of it", async () => {
  const first = await startControlPlane();
  await sendToEndpoint(first.client);
  await putEvents(first.client, 0, 50);
  await expect.poll(() => refused, { timeout: 30_000 }).toBeGreaterThanOrEqual(50); // These have been tried and wait,
  await putEvents(first.client, 50, 90); // and of these most were not.
  await first.kill();
  first.client.destroy();
  expect(taken).toEqual([]);
  for (const file of readdirSync(directory).filter((name) => name.startsWith("events.db"))) {
    const bytes = readFileSync(join(directory, file), "latin1");
    expect([file, bytes.includes(apiKey), bytes.includes(header)]).toEqual([file, false, false]);
  }

  isUp = true;
  const second = await startControlPlane();
  const all = Array.from({ length: 90 }, (_, number) => number);
  await expect.poll(() => new Set(taken).size, { timeout: 60_000 }).toBe(90);
  expect(taken.toSorted((a, b) => a - b)).toEqual(all);
  second.client.destroy();
});
