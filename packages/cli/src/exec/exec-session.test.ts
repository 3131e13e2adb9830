import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { type ExecSessionOptions, liveSession } from "./exec-session.ts";

let server: WebSocketServer;
let url: string;
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1", autoPong: false });
  await once(server, "listening");
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

const live = (streamUrl: string, more: Partial<ExecSessionOptions> = {}) => {
  const errorOutput = new PassThrough();
  let told = "";
  errorOutput.on("data", (chunk: Buffer) => (told += chunk.toString()));
  const over = liveSession({
    access: { sessionId: "s", streamUrl, tokenValue: "t" },
    input: new PassThrough(),
    output: new PassThrough(),
    errorOutput,
    size: () => ({ cols: 80, rows: 24 }),
    resume: async () => undefined,
    limits: { pingMs: 25, resumeMs: 0, tryMs: 1000 },
    ...more,
  });
  return { over, told: () => told };
};

test.each(["", "nonsense", "http://127.0.0.1/", "https://x"])(
  "the address %j is refused in words",
  async (streamUrl) => {
    await expect(live(streamUrl).over).rejects.toMatchObject({
      name: "UserError",
      message: `The control plane gave no address to open the session at, but ${JSON.stringify(streamUrl)}.`,
    });
  },
);

test("a connection without a sign of life is lost, and so is a network that does not come back", async () => {
  const { over, told } = live(url, { resume: () => Promise.reject(new Error("ENETUNREACH")) });
  expect(await over).toEqual({ text: "The network is lost: the control plane has not answered for 0 s." });
  expect(told()).toContain("The connection is lost; trying to get it back.");
});

test("a connection that answers stays, however long there is nothing to say", async () => {
  const pings = Promise.withResolvers<WebSocket>();
  server.on("connection", (socket) => {
    let count = 0;
    socket.on("ping", () => {
      socket.pong();
      if (++count === 5) pings.resolve(socket);
    });
  });
  const { over, told } = live(url);
  (await pings.promise).close();
  expect(await over).toEqual({ text: "The session is over: it could not be taken up again." });
  expect(told()).toBe("");
});
