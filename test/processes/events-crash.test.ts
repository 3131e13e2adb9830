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
import { type Killable, startControlPlane } from "./killable-control-plane.ts";

const [apiKey, header] = ["key-that-nobody-may-read", "header-that-nobody-may-read"];
let directory: string;
let endpoint: Server;
/** Calls of the endpoint that it refused, and numbers of events that it took. */
let [refused, taken] = [0, [] as number[]];
let isUp = false;
const started: Killable[] = [];

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
  const first = await startControlPlane(directory, started);
  const client = new EventBridgeClient(first.options);
  await sendToEndpoint(client);
  await putEvents(client, 0, 50);
  await expect.poll(() => refused, { timeout: 30_000 }).toBeGreaterThanOrEqual(50); // These have been tried and wait,
  await putEvents(client, 50, 90); // and of these most were not.
  await first.kill();
  client.destroy();
  expect(taken).toEqual([]);
  for (const file of readdirSync(directory).filter((name) => name.startsWith("events.db"))) {
    const bytes = readFileSync(join(directory, file), "latin1");
    expect([file, bytes.includes(apiKey), bytes.includes(header)]).toEqual([file, false, false]);
  }

  isUp = true;
  await startControlPlane(directory, started);
  const all = Array.from({ length: 90 }, (_, number) => number);
  await expect.poll(() => new Set(taken).size, { timeout: 60_000 }).toBe(90);
  expect(taken.toSorted((a, b) => a - b)).toEqual(all);
});
