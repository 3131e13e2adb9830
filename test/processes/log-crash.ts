import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Found } from "./log-crash.report.ts";

const script = join(import.meta.dirname, "log-crash.child.ts");
/** A child is killed once it has said up to so many lines, and up to so many milliseconds later. */
const [mostLines, longestDelayMs] = [400, 20];
/** Every fourth child is killed within so many milliseconds after it was told to open the store. */
const longestOpeningMs = 60;
/** An append that was not acknowledged may be there: as a whole. */
const mostAhead = 7;

export interface CrashRuns {
  readonly runs: number;
  readonly acknowledgedEvents: number;
  /** What should not have been, in words. */
  readonly findings: readonly string[];
}

/** Kills a process that writes logs, again and again, and looks each time at what the next one finds. */
export async function crashLogStore(runs: number): Promise<CrashRuns> {
  const directory = mkdtempSync(join(tmpdir(), "hatoba-crash-"));
  const env = { ...process.env, NODE_COMPILE_CACHE: join(directory, "compiled") };
  const start = () => new Child(spawn(process.execPath, [script, join(directory, "logs")], { env }));
  const findings: string[] = [];
  const acknowledged = new Map<string, number>();
  let total = 0;

  const check = (line: string, run: number) => {
    for (const { lane, first, last, isWhole } of JSON.parse(line) as readonly Found[]) {
      const known = acknowledged.get(lane) ?? 0;
      if (!isWhole) findings.push(`run ${run}: ${lane} has gaps or numbers twice between ${first} and ${last}`);
      if (last < known) findings.push(`run ${run}: ${lane} ends at ${last}, and ${known} was acknowledged`);
      if (last > known + mostAhead) findings.push(`run ${run}: ${lane} ends at ${last}, after ${known}`);
      acknowledged.set(lane, last); // it is on disk, so it may not vanish any more
    }
  };
  let next = start();
  for (let run = 0; run < runs; run++) {
    const child = next;
    await child.ready;
    next = start();
    const isOpening = run % 4 === 3;
    const [found, ...lines] = await child.workUntilKilled(
      isOpening ? 0 : 1 + Math.random() * mostLines,
      Math.random() * (isOpening ? longestOpeningMs : longestDelayMs),
    );
    if (child.complaints !== "") findings.push(`run ${run}: ${child.complaints}`);
    if (found === undefined) continue; // killed while it was opening
    check(found, run);
    for (const line of lines) {
      const [lane = "", number] = line.split(" ");
      total += Number(number) - (acknowledged.get(lane) ?? 0);
      acknowledged.set(lane, Number(number));
    }
  }
  const [found = "[]"] = await next.workUntilKilled(1, 0);
  check(found, runs);
  rmSync(directory, { recursive: true });
  return { runs, acknowledgedEvents: total, findings };
}

/** A child that is ready to open the store; it is started while the one before is still at work. */
class Child {
  readonly ready: Promise<unknown>;
  complaints = "";
  readonly #process: ChildProcess;
  #said = "";

  constructor(child: ChildProcess) {
    this.#process = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.complaints += text));
    this.ready = once(child.stdout ?? child, "data");
  }

  /** @returns what it said since it was ready; complete lines only */
  async workUntilKilled(lines: number, delayMs: number): Promise<readonly string[]> {
    await this.ready;
    const closed = once(this.#process, "close");
    const said = () => this.#said.split("\n").slice(1, -1);
    this.#process.stdin?.write("go\n");
    while (said().length < lines && this.#process.exitCode === null && this.#process.signalCode === null) {
      await Promise.race([closed, once(this.#process.stdout ?? this.#process, "data")]);
    }
    setTimeout(() => this.#process.kill("SIGKILL"), delayMs);
    await closed;
    return said();
  }
}
