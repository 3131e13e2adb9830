import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HostNetwork } from "./host-network.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hatoba-bridges-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const settingOf = (name: string) => join(root, "proc/sys/net/ipv4/conf", name, "route_localnet");
function addInterface(name: string, isBridge = true): void {
  mkdirSync(join(root, "sys/class/net", name, isBridge ? "bridge" : "queues"), { recursive: true });
  mkdirSync(join(settingOf(name), ".."), { recursive: true });
  writeFileSync(settingOf(name), "0\n");
}
const isOpen = (name: string) => readFileSync(settingOf(name), "latin1").trim() === "1";
const [own, other] = ["br-0123456789ab", "br-fedcba987654"];

test("bridges of the engine let packets to the loopback pass, and no others of the machine", async () => {
  for (const name of ["docker0", own, other, "virbr0", "vmbr0"]) addInterface(name);
  addInterface("eth0", false);
  let asked = 0;
  const engineBridges = async () => {
    asked += 1;
    return ["docker0", own, "eth0"];
  };
  const network = new HostNetwork(join(root, "run"), { root, engineBridges });
  await network.openBridges();
  const names = ["docker0", own, other, "virbr0", "vmbr0", "eth0"];
  expect(names.filter(isOpen)).toEqual(["docker0", own]);
  rmSync(join(root, "sys/class/net", other), { recursive: true });
  await network.openBridges();
  expect(asked).toBe(1); // nothing is new
  addInterface(other);
  await network.openBridges();
  expect(asked).toBe(2);
});

test("of an engine that does not answer, the default bridge is known", async () => {
  for (const name of ["docker0", own]) addInterface(name);
  let answers = false;
  const engineBridges = async () => {
    if (!answers) throw new Error("away");
    return ["docker0", own];
  };
  const network = new HostNetwork(join(root, "run"), { root, engineBridges });
  await network.openBridges();
  expect([isOpen("docker0"), isOpen(own)]).toEqual([true, false]);
  answers = true;
  await network.openBridges();
  expect(isOpen(own)).toBe(true);
});
