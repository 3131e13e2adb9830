import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { kept, laneNames, type Opened } from "./store-crash.report.ts";

const kills = 200;
/** A child is killed once it has said up to so many lines, so that the work done does not depend on the machine … */
const mostLines = 30;
/** … and up to so many milliseconds later, so that the moment has nothing to do with what it said. */
const longestDelayMs = 4;
/** Every fourth child is killed within so many milliseconds after it was told to open the database. */
const longestOpeningMs = 40;

const directory = mkdtempSync(join(tmpdir(), "hatoba-crash-"));
afterAll(() => rmSync(directory, { recursive: true }));

const script = join(import.meta.dirname, "store-crash.child.ts");
/** Compiled modules are kept, which makes a child ready three times as fast. */
const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, "compiled") };

/** A child that is ready to open the database; it is started while the one before is still at work. */
class Child {
  readonly process: ChildProcess;
  readonly ready: Promise<unknown>;
  private said = "";
  private complaints = "";

  constructor(path: string) {
    this.process = spawn(process.execPath, [script, path], { env });
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => (this.said += text));
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.complaints += text));
    this.ready = once(this.process.stdout ?? this.process, "data");
  }

  /** Lets it open the database and work until it has said `lines` lines and `delayMs` has passed, then kills it. */
  async workUntilKilled(lines: number, delayMs: number): Promise<readonly string[]> {
    await this.ready;
    const closed = once(this.process, "close") as Promise<[number | null, string | null]>;
    this.process.stdin?.write("go\n");
    while (this.lines().length < lines) {
      await Promise.race([closed, once(this.process.stdout ?? this.process, "data")]);
      if (this.process.exitCode !== null || this.process.signalCode !== null) break;
    }
    setTimeout(() => this.process.kill("SIGKILL"), delayMs);
    const [code, signal] = await closed;
    expect({ code, signal, complaints: this.complaints }).toEqual({ code: null, signal: "SIGKILL", complaints: "" });
    return this.lines();
  }

  /** What it said since it was ready; complete lines only. */
  private lines(): readonly string[] {
    return this.said.split("\n").slice(1, -1);
  }
}

/** Runs a child that does nothing and ends in an orderly way, which is when compiled modules are written. */
async function compile(): Promise<void> {
  const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "ignore", "inherit"] });
  expect(await once(child, "close")).toEqual([0, null]);
}

/** What was acknowledged so far: the last number of each lane, and the highest revision. */
class Acknowledged {
  readonly numbers = new Map(laneNames.map((lane) => [lane, 0]));
  revision = 0;
  commits = 0;

  record(line: string): void {
    const [lane = "", number, revision] = line.split(" ");
    this.numbers.set(lane, Number(number));
    this.revision = Math.max(this.revision, Number(revision));
    this.commits++;
  }

  /** Everything acknowledged is there, at most one commit more per lane, and each commit as a whole. */
  check({ revision, newest, lanes }: Opened): void {
    expect(revision).toBeGreaterThanOrEqual(this.revision);
    expect(newest).toBeLessThanOrEqual(revision);
    for (const { lane, corners, tasks } of lanes) {
      const [number = 0] = corners;
      const acknowledged = this.numbers.get(lane) ?? 0;
      expect([acknowledged, acknowledged + 1], lane).toContain(number);
      expect(corners, lane).toEqual([number, number, number]);
      const first = Math.max(1, number - kept + 1);
      expect(tasks, lane).toEqual(Array.from({ length: number - first + 1 }, (_, index) => first + index));
      this.numbers.set(lane, number); // it is on disk, so it may not vanish any more
    }
  }
}

test(`a store killed ${kills} times loses nothing acknowledged and shows nothing half-written`, async () => {
  const path = join(directory, "state.sqlite");
  const acknowledged = new Acknowledged();
  await compile();
  let next = new Child(path);
  for (let round = 0; round < kills; round++) {
    const child = next;
    await child.ready;
    next = new Child(path);
    const [found, ...lines] =
      round % 4 === 0
        ? await child.workUntilKilled(0, Math.random() * longestOpeningMs)
        : await child.workUntilKilled(1 + Math.random() * mostLines, Math.random() * longestDelayMs);
    if (found === undefined) continue; // killed while it was opening
    acknowledged.check(JSON.parse(found) as Opened);
    for (const line of lines) acknowledged.record(line);
  }
  const [found = ""] = await next.workUntilKilled(1, 0);
  acknowledged.check(JSON.parse(found) as Opened);
  expect(acknowledged.commits).toBeGreaterThan(5 * kills); // some 11 a round on average, whatever the machine
});
