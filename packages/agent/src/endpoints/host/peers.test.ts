import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { json } from "../answer.ts";
import { Peers } from "./peers.ts";

let dir: string;
let servers: Server[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hatoba-peers-"));
  servers = [];
});
afterEach(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(dir, { recursive: true });
});

/** A peer as it behaves; they are found in the order of their names. */
async function peer(name: string, behave: RequestListener): Promise<void> {
  const server = createServer(behave);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(dir, `${name}.sock`), resolve));
}
const says =
  (word: object): RequestListener =>
  (_request, response) =>
    void response.end(JSON.stringify(word));
const question = {
  method: "GET",
  path: "/v3/x",
  query: new URLSearchParams(),
  body: "",
  client: "",
  clientAddress: "",
  userAgent: "",
};

test("a peer that hangs holds up nobody whom another peer knows", async () => {
  let cutOff: (() => void) | undefined;
  const isCutOff = new Promise<void>((resolve) => (cutOff = resolve));
  await peer("a", (request) => void request.socket.once("close", () => cutOff?.()));
  await peer("b", says({}));
  await peer("c", says({ answer: json({ from: "c" }) }));
  await peer("d", (_request, response) => void response.writeHead(500).end("{"));
  expect(await new Peers(dir, "own").ask(question)).toEqual(json({ from: "c" }));
  await isCutOff;
});

test("whom no peer knows is answered by none", async () => {
  const peers = new Peers(dir, "own");
  expect(await peers.ask(question)).toBeUndefined();
  await peer("a", says({}));
  await peer("own", says({ answer: json({}) }));
  expect(await peers.ask(question)).toBeUndefined();
});
