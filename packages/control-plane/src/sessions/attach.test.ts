import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { attachSessions } from "./attach.ts";
import type { ByteConnection } from "./byte-connection.ts";
import type { SessionRegistry } from "./session-registry.ts";

type Accept = SessionRegistry["acceptClient"];
const server = createServer();
let port = 0;
let clients: { readonly sessionId: string; readonly connection: ByteConnection; readonly address: string }[] = [];
let links: Parameters<SessionRegistry["acceptLink"]>[0][] = [];
let cameIn: (() => void) | undefined;

beforeEach(async () => {
  clients = [];
  links = [];
  const registry: Pick<SessionRegistry, "acceptClient" | "acceptLink"> = {
    acceptClient: ((sessionId, connection, address) => {
      clients.push({ sessionId, connection, address });
      cameIn?.();
    }) satisfies Accept,
    acceptLink: (link) => void links.push(link),
  };
  server.removeAllListeners("upgrade");
  attachSessions(
    {
      onOpenUpgrade: (prefix, handler) =>
        void server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
          const path = new URL(request.url ?? "", "http://x").pathname;
          if (path.startsWith(prefix)) handler(request, socket, head, path.slice(prefix.length));
        }),
      onUpgrade: (path, handler) =>
        void server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
          if (new URL(request.url ?? "", "http://x").pathname === path) handler(request, socket, head);
        }),
    },
    registry as SessionRegistry,
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function client(): Promise<{ readonly socket: WebSocket; readonly connection: ByteConnection }> {
  const came = new Promise<void>((resolve) => (cameIn = resolve));
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/data-channel/s-1?role=publish_subscribe`);
  await Promise.all([once(socket, "open"), came]);
  const connection = clients.at(-1)?.connection;
  if (connection === undefined) throw new Error("nobody came");
  return { socket, connection };
}
const messages = (connection: ByteConnection, count: number) =>
  new Promise<string[]>((resolve) => {
    const texts: string[] = [];
    connection.onBytes((bytes) => {
      texts.push(Buffer.from(bytes).toString());
      if (texts.length === count) resolve(texts);
    });
  });

test("text, bytes and what comes in fragments are messages alike, also those that nobody had listened for", async () => {
  const { socket, connection } = await client();
  socket.send("opening");
  socket.send(Buffer.from("by"), { fin: false });
  socket.send(Buffer.from("tes"), { fin: true });
  const pong = once(socket, "pong");
  socket.ping("keepalive");
  expect((await pong)[0]).toEqual(Buffer.from("keepalive"));
  expect(await messages(connection, 2)).toEqual(["opening", "bytes"]);
  expect(clients[0]).toMatchObject({ sessionId: "s-1", address: "127.0.0.1" });
  socket.terminate();
});

test("whoever closes, the close is heard once, with code and reason at the other side", async () => {
  const { socket, connection } = await client();
  let heard = 0;
  connection.onClose(() => void heard++);
  const closed = once(socket, "close") as Promise<[number, Buffer]>;
  connection.close(4001, "x".repeat(500));
  const [code, reason] = await closed;
  expect([code, reason.length]).toEqual([4001, 120]);
  await expect.poll(() => heard).toBe(1);
  connection.send(Buffer.from("late"));
  connection.close(1000, "");
});

test("a message beyond all measure ends the connection", async () => {
  const { socket } = await client();
  const closed = once(socket, "close") as Promise<[number]>;
  socket.send(Buffer.alloc(600 * 1024));
  expect((await closed)[0]).toBe(1009);
});

test("a link says whose it is in its address", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/sessions/ws?containerInstanceArn=arn%3Aa&sessionId=s&token=t`);
  await once(socket, "open");
  expect(links).toEqual([{ sessionId: "s", token: "t", containerInstanceArn: "arn:a" }]);
  socket.terminate();
});

test("what is cut off without a word is a close as well", async () => {
  const came = new Promise<void>((resolve) => (cameIn = resolve));
  const raw = connect(port, "127.0.0.1");
  raw.write(
    "GET /v1/data-channel/s-2 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await came;
  const closed = new Promise<void>((resolve) => clients[0]?.connection.onClose(resolve));
  raw.resetAndDestroy();
  await closed;
});
