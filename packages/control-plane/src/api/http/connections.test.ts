import { createHash, createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { systemClock } from "../../platform/clock.ts";
import { defaultSettings } from "../../settings.ts";
import { ecsService } from "../ecs/service.ts";
import { exampleStsService } from "../sts/sts.fixture.ts";
import { clientOptions, startTestServer } from "./server.fixture.ts";
import type { RunningServer } from "./server.ts";
import { sigV4Authenticator } from "./sigv4-authenticator.ts";

// What is signed in the query, upgraded, or under way when the server stops.
const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: randomBytes(30).toString("base64") };
const caller = {
  ...defaultSettings,
  arn: "arn:aws:iam::000000000000:root",
  userId: "0",
  accessKeyId: credentials.accessKeyId,
};
const authenticate = sigV4Authenticator({
  keys: {
    lookupKey: (id) =>
      id === credentials.accessKeyId ? { secretAccessKey: credentials.secretAccessKey, caller } : undefined,
  },
  clock: systemClock,
  settings: defaultSettings,
});

class Sha256 {
  private readonly hash;
  constructor(secret?: string | Uint8Array) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data: string | Uint8Array) {
    this.hash.update(data);
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
  reset() {}
}
const signer = (service: string) =>
  new SignatureV4({ credentials, region: "us-east-1", service, sha256: Sha256 as never });

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer({ open: false, authenticate, services: [exampleStsService()] });
});
afterAll(() => server.close());

const host = () => new URL(server.url).host;

test("a presigned query is answered, and a changed one is not", async () => {
  const presigned = await signer("sts").presign(
    {
      method: "GET",
      protocol: "http:",
      hostname: "127.0.0.1",
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { host: host() },
    },
    { expiresIn: 60 },
  );
  const query = new URLSearchParams(presigned.query as Record<string, string>);
  const good = await fetch(`${server.url}/?${query.toString()}`);
  expect([good.status, await good.text()]).toEqual([200, expect.stringContaining("<Account>000000000000</Account>")]);
  query.set("X-Amz-Expires", "61");
  const bad = await fetch(`${server.url}/?${query.toString()}`);
  expect([bad.status, await bad.text()]).toEqual([403, expect.stringContaining("<Code>SignatureDoesNotMatch</Code>")]);
});

test("a WebSocket whose handshake is signed reaches its handler, others are refused", async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const callers: string[] = [];
  server.onUpgrade("/acs/ws", (request, socket, head, who) => {
    callers.push(who.arn);
    sockets.handleUpgrade(request, socket, head, (accepted) => accepted.send("welcome"));
  });
  const signed = await signer("ecs").sign({
    method: "GET",
    protocol: "http:",
    hostname: "127.0.0.1",
    path: "/acs/ws",
    query: { seqNum: "1" },
    headers: { host: host() },
  });
  const url = `ws://${host()}/acs/ws?seqNum=1`;
  const accepted = new WebSocket(url, { headers: signed.headers });
  const [message] = (await once(accepted, "message")) as [Buffer];
  expect([message.toString(), callers]).toEqual(["welcome", [caller.arn]]);
  accepted.terminate();

  const refused = new WebSocket(url);
  const [error] = (await once(refused, "error")) as [Error];
  expect(error.message).toBe("Unexpected server response: 400");
  expect(callers).toHaveLength(1);
});

test("a request under way is answered while the server stops; a new one is not", async () => {
  const begun = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<object>();
  const stopping = await startTestServer({
    services: [
      {
        ...ecsService,
        eager: false,
        load: async () => ({
          ...(await ecsService.load()),
          operations: {
            ListClusters: () => {
              begun.resolve();
              return answer.promise;
            },
          },
        }),
      },
    ],
  });
  const client = new ECSClient(clientOptions(stopping));
  const underWay = client.send(new ListClustersCommand({}));
  await begun.promise;
  const closed = stopping.close();
  answer.resolve({ clusterArns: ["late"] });
  expect((await underWay).clusterArns).toEqual(["late"]);
  await closed;
  await expect(client.send(new ListClustersCommand({}))).rejects.toThrow();
});

test("what goes wrong inside is not shown", async () => {
  const logged: unknown[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (fields: unknown) => logged.push(fields),
    child: () => logger,
  };
  const broken = await startTestServer({
    logger: logger as never,
    services: [
      {
        ...ecsService,
        eager: false,
        load: async () => ({
          ...(await ecsService.load()),
          operations: { ListClusters: () => Promise.reject(new TypeError("secret detail")) },
        }),
      },
    ],
  });
  const client = new ECSClient(clientOptions(broken));
  const error = await client.send(new ListClustersCommand({})).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "ServerException", $fault: "server" });
  expect(JSON.stringify(error) + String(error)).not.toContain("secret detail");
  expect(logged).toMatchObject([{ operation: "ListClusters", err: { message: "secret detail" } }]);
  await broken.close();
});
