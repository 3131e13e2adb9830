import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Layout, layoutOf } from "./layout.ts";
import { isRunning, runningProcess, startProcess, stopProcess } from "./processes.ts";

let layout: Layout;
beforeEach(() => {
  layout = layoutOf(mkdtempSync(join(tmpdir(), "hatoba-processes-")));
});
afterEach(() => rmSync(layout.dataDir, { recursive: true }));

const sleeper = [process.execPath, "-e", "console.log('up'); setInterval(() => {}, 1000)"];

test("a started process is found again, and gone once stopped", async () => {
  const record = startProcess(layout, "sleeper", sleeper, process.env);
  expect(runningProcess(layout, "sleeper")).toEqual(record);
  expect(await stopProcess(layout, "sleeper", 5)).toBe(true);
  expect(isRunning(record)).toBe(false);
  expect(runningProcess(layout, "sleeper")).toBeUndefined();
  expect(await stopProcess(layout, "sleeper", 5)).toBe(false);
});

test("a process that ignores SIGTERM is killed when its time is over", async () => {
  const deaf = [
    process.execPath,
    "-e",
    "process.on('SIGTERM', () => {}); require('fs').writeFileSync(process.argv[1], ''); setInterval(() => {}, 1000)",
  ];
  const ready = join(layout.dataDir, "ready");
  const record = startProcess(layout, "deaf", [...deaf, ready], process.env);
  await expect.poll(() => exists(ready), { timeout: 10_000 }).toBe(true);
  await stopProcess(layout, "deaf", 0.1);
  expect(isRunning(record)).toBe(false);
});

test("a record of an earlier process with the same pid is not believed", () => {
  const record = startProcess(layout, "sleeper", [process.execPath, "-e", ""], process.env);
  writeFileSync(join(layout.runDir, "sleeper.json"), JSON.stringify({ ...record, pid: process.pid, startTicks: "1" }));
  expect(runningProcess(layout, "sleeper")).toBeUndefined();
});

test("a record cut off by a crash counts as none", () => {
  startProcess(layout, "sleeper", [process.execPath, "-e", ""], process.env);
  writeFileSync(join(layout.runDir, "sleeper.json"), '{"pid":');
  expect(runningProcess(layout, "sleeper")).toBeUndefined();
});

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
