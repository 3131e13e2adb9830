import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { kept, laneNames, type Opened } from "./store-crash.report.ts";

const kills = 200;
/** The longest that a child lives after it was told to open the database, or after it has opened it. */
const longestLifeMs = 60;

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

  /**
   * Lets it work for a while and kills it; its life is counted from when it was told to open, or has opened, the database.
   * @returns the lines that it said, complete ones only
   */
  async workUntilKilled(lifeMs: number, from: "opening" | "opened"): Promise<readonly string[]> {
    await this.ready;
    this.process.stdin?.write("go\n");
    if (from === "opened") await once(this.process.stdout ?? this.process, "data");
    setTimeout(() => this.process.kill("SIGKILL"), lifeMs);
    const [code, signal] = (await once(this.process, "close")) as [number | null, string | null];
    expect({ code, signal, complaints: this.complaints }).toEqual({ code: null, signal: "SIGKILL", complaints: "" });
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
  let opened = 0;
  for (let round = 0; round < kills; round++) {
    const child = next;
    await child.ready;
    next = new Child(path);
    const [found, ...lines] = await child.workUntilKilled(
      Math.random() * longestLifeMs,
      round % 4 === 0 ? "opening" : "opened",
    );
    if (found === undefined) continue; // killed while it was opening
    opened++;
    acknowledged.check(JSON.parse(found) as Opened);
    for (const line of lines) acknowledged.record(line);
  }
  next.process.kill("SIGKILL");
  expect(opened).toBeGreaterThan(kills / 2);
  expect(acknowledged.commits).toBeGreaterThan(10 * kills);
});
