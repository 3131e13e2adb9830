import { type Connection, connectionPair } from "@hatoba/contract";
import { beforeEach, expect, test } from "vitest";
import { ManualClock } from "../platform/clock.ts";
import { silentLogger } from "../platform/logger.ts";
import { backOffs } from "./back-off.ts";
import { HandshakeError } from "./socket.ts";
import { stayConnected } from "./stay-connected.ts";

let clock: ManualClock;
let attempts: number;
let ending: AbortController;
beforeEach(() => {
  clock = new ManualClock();
  attempts = 0;
  ending = new AbortController();
});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function connect(open: () => Promise<Connection>): Promise<void> {
  return stayConnected({
    what: "work",
    open: () => {
      attempts++;
      return open();
    },
    serve: (connection) => new Promise((resolve) => connection.onClose((code, reason) => resolve({ code, reason }))),
    backOff: backOffs.connect,
    clock,
    logger: silentLogger,
    random: () => 0.5,
    signal: ending.signal,
  });
}

test("waits longer and longer while nobody answers, two minutes at the most", async () => {
  const done = connect(() => Promise.reject(new HandshakeError("refused", undefined)));
  const waits: number[] = [];
  for (let seen = 0; waits.length < 18; ) {
    await turn();
    let waited = 0;
    for (seen = attempts; attempts === seen; waited += 50) {
      clock.advance(50);
      await turn();
    }
    waits.push(waited);
  }
  expect(waits.slice(0, 3)).toEqual([250, 400, 600]); // 250 ms × 1.5 ^ n, looked at every 50 ms
  expect(waits.at(-1)).toBe(120_000);
  ending.abort();
  await done;
});

test("connects again at once after an ordinary end, and not at full speed to one that hangs up at once", async () => {
  const servers: (Connection & { breakOff(): void })[] = [];
  const done = connect(async () => {
    const [server, agent] = connectionPair();
    servers.push(server);
    return agent;
  });
  await turn();
  clock.advance(1_000);
  servers[0]?.breakOff();
  await turn();
  expect(attempts).toBe(2);
  servers[1]?.close(1000, "");
  await turn();
  expect(attempts).toBe(2);
  clock.advance(250);
  await turn();
  expect(attempts).toBe(3);
  ending.abort();
  await done;
});

test.each([
  ["a refused handshake", () => Promise.reject(new HandshakeError("refused with 400", "InactiveInstanceException"))],
  [
    "a close",
    async () => {
      const [server, agent] = connectionPair();
      server.close(4000, "InactiveInstanceException: deregistered");
      return agent;
    },
  ],
] as const)(
  "leaves the control plane alone for an hour once it hears by %s that it is deregistered",
  async (_how, open) => {
    const done = connect(open);
    await turn();
    clock.advance(3_590_000);
    await turn();
    expect(attempts).toBe(1);
    clock.advance(10_000);
    await turn();
    expect(attempts).toBe(2);
    ending.abort();
    await done;
  },
);
