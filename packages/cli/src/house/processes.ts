import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Layout } from "./layout.ts";

/** A process that outlives the command that started it. `startTicks` tells it from a later one with the same pid. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  readonly startTicks: string;
}

const largestLogBytes = 20 * 1024 * 1024;

/** Starts a program on its own, its output appended to `log/NAME.log`, and writes down who it is. */
export function startProcess(
  layout: Layout,
  name: string,
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ProcessRecord {
  mkdirSync(layout.logDir, { recursive: true, mode: 0o700 });
  mkdirSync(layout.runDir, { recursive: true, mode: 0o700 });
  const log = openLog(join(layout.logDir, `${name}.log`));
  const [file = "", ...args] = command;
  const child = spawn(file, args, { cwd: "/", detached: true, env, stdio: ["ignore", log, log] });
  closeSync(log);
  child.on("error", () => undefined); // a program that is not there shows as a process that has ended
  child.unref();
  const pid = child.pid ?? 0;
  const record = { name, pid, startTicks: startTicksOf(pid) ?? "gone" };
  writeFileSync(join(layout.runDir, `${name}.json`), `${JSON.stringify(record)}\n`);
  return record;
}

/** The process of that name, if `startProcess` started one and it still runs. */
export function runningProcess(layout: Layout, name: string): ProcessRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(layout.runDir, `${name}.json`), "utf8")) as ProcessRecord;
    return isRunning(record) ? record : undefined;
  } catch {
    return undefined; // never started, or the record was cut off by a crash: then there is nothing to hold on to
  }
}

/** Whether just this process is alive: not one that got its pid later, and not one that only waits to be reaped. */
export const isRunning = ({ pid, startTicks }: ProcessRecord): boolean => pid > 0 && startTicksOf(pid) === startTicks;

/** SIGTERM, then SIGKILL after `graceSeconds`; resolves when the process is gone. One that is not there counts as stopped. */
export async function stopProcess(layout: Layout, name: string, graceSeconds: number): Promise<boolean> {
  const record = runningProcess(layout, name);
  if (record !== undefined) {
    process.kill(record.pid, "SIGTERM");
    const deadline = Date.now() + graceSeconds * 1000;
    while (isRunning(record) && Date.now() < deadline) await wait(20);
    if (isRunning(record)) process.kill(record.pid, "SIGKILL");
    while (isRunning(record)) await wait(20);
  }
  rmSync(join(layout.runDir, `${name}.json`), { force: true });
  return record !== undefined;
}

/** Field 22 of /proc/PID/stat: clock ticks from boot to start. Undefined for a process that is gone or a zombie. */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : rest[18];
  } catch {
    return undefined;
  }
}

function openLog(path: string): number {
  try {
    if (statSync(path).size > largestLogBytes) renameSync(path, `${path}.1`);
  } catch {
    // there is no log yet
  }
  return openSync(path, "a", 0o600);
}
