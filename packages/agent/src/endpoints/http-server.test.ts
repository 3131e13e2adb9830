import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../platform/logger.ts";
import { plain } from "./answer.ts";
import { AnswerServer } from "./http-server.ts";

let stranger: Server;
let port: number;
let warnings: string[];
const warned = ({ name }: Error) => void warnings.push(name);
beforeEach(async () => {
  warnings = [];
  process.on("warning", warned);
  stranger = createServer();
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  ({ port } = stranger.address() as AddressInfo);
});
afterEach(() => {
  process.off("warning", warned);
  stranger.close();
});

test("a place that somebody else holds can be tried for ever, and had once it is free", async () => {
  const server = new AnswerServer(async () => plain("here"), silentLogger);
  const at = { host: "127.0.0.1", port };
  for (let tries = 0; tries < 12; tries++) {
    await expect(server.listen(at)).rejects.toMatchObject({ code: "EADDRINUSE" });
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]); // of listeners that pile up
  await new Promise((resolve) => stranger.close(resolve));
  await server.listen(at);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("here");
  await server.close();
});
