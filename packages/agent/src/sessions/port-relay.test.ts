import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PortRelay } from "./port-relay.ts";

const server = createServer((socket) => void socket.end("a service of the machine"));
let port = 0;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

describe("an agent that cannot enter the container's network", () => {
  const inside = { environment: {}, address: "127.0.0.1" };
  const wish = { multiplexed: false, inside, onStarted: () => undefined, onRefused: () => undefined };

  test.each([
    ["it has no rights", new PortRelay(false), { ...inside, pid: process.pid }],
    ["the container is on another machine", new PortRelay(true), inside],
  ])("forwards to no host of the machine's own: %s", async (_why, relay, target) => {
    for (const host of ["localhost", "127.0.0.1", "169.254.169.254"]) {
      await expect(relay.open({ ...wish, inside: target, host, port })).rejects.toThrow(/cannot enter/);
    }
  });

  test("forwards to the container's own address", async () => {
    const program = await new PortRelay(false).open({ ...wish, port });
    const parts: Uint8Array[] = [];
    for await (const { bytes } of program.output) parts.push(bytes);
    expect(Buffer.concat(parts).toString()).toBe("a service of the machine");
  });
});
