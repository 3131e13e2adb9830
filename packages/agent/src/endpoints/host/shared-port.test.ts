import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../platform/logger.ts";
import { json, plain } from "../answer.ts";
import { SharedPort } from "./shared-port.ts";

let dir: string;
let port: number;
let open: SharedPort[];
let events: string[];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "hatoba-port-"));
  open = [];
  events = [];
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  ({ port } = probe.address() as { port: number });
  await new Promise((resolve) => probe.close(resolve));
});
afterEach(async () => {
  await Promise.all(open.map((shared) => shared.close()));
  rmSync(dir, { recursive: true });
});

/** An agent that knows everything below `/NAME/`. */
function agent(name: string): { readonly shared: SharedPort; readonly held: Promise<void> } {
  const { promise: held, resolve } = Promise.withResolvers<void>();
  const shared = new SharedPort({
    dir,
    agentId: name,
    port,
    knows: ({ path }) => path.startsWith(`/${name}/`),
    answer: async ({ path, method, body, clientAddress }) =>
      path.startsWith(`/${name}/`) ? json({ name, method, body, clientAddress }) : plain("unknown", 404),
    limit: ({ path }) => ({ admits: path !== "/too-often", headers: { "x-rate-limit-limit": "40.00" } }),
    onHeld: async () => {
      events.push(`${name} holds`);
      resolve();
    },
    onLetGo: async (isLast) => void events.push(`${name} lets go${isLast ? ", the last" : ""}`),
    logger: silentLogger,
  });
  open.push(shared);
  return { shared, held };
}
const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return { status: response.status, text: await response.text(), limit: response.headers.get("x-rate-limit-limit") };
};

test("one agent holds the port and hands on what another knows; when it ends, the other takes over", async () => {
  const [a, b] = [agent("a"), agent("b")];
  expect(await a.shared.open()).toBe(true);
  expect(await b.shared.open()).toBe(true);
  const about = { clientAddress: "127.0.0.1", body: "{}" };
  const put = { method: "PUT", body: "{}" };
  expect(JSON.parse((await ask("/a/x", put)).text)).toEqual({ name: "a", method: "PUT", ...about });
  expect(JSON.parse((await ask("/b/x", put)).text)).toEqual({ name: "b", method: "PUT", ...about });
  expect(await ask("/c/x")).toEqual({ status: 404, text: "unknown", limit: "40.00" });
  expect((await ask("/too-often")).status).toBe(429);
  await a.shared.close();
  await b.held;
  expect(JSON.parse((await ask("/b/x")).text)).toMatchObject({ name: "b" });
  await b.shared.close();
  expect(events).toEqual(["a holds", "a lets go", "b holds", "b lets go, the last"]);
  expect(existsSync(join(dir, "b.sock"))).toBe(false);
});

test("what a killed agent left behind is in nobody's way", async () => {
  writeFileSync(join(dir, "dead.sock"), "");
  const { shared } = agent("a");
  expect(await shared.open()).toBe(true);
  expect((await ask("/c/x")).status).toBe(404);
});

test("a stranger's port is a stranger's", async () => {
  const stranger = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => stranger.listen(port, "127.0.0.1", resolve));
  const { shared } = agent("a");
  expect(await shared.open()).toBe(false);
  expect(shared.isHolder).toBe(false);
  await new Promise((resolve) => stranger.close(resolve));
});
