import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How a session's program is found again by the next process of the agent. */
export type Leftover =
  | { readonly type: "exec"; readonly containerId: string; readonly execId: string; readonly mark: string }
  /** A process of this machine, leader of its session; its start time tells it from a later one with the same id. */
  | { readonly type: "process"; readonly pid: number; readonly startTime: number };

/**
 * Notes which programs sessions have running, each before it starts, so that none outlives an agent that was killed. A file
 * each, gone when the session has ended; not flushed to the disk, as programs do not outlive the machine either.
 */
export class SessionJournal {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  note(id: string, leftover: Leftover): void {
    writeFileSync(this.#path(id), JSON.stringify(leftover), { mode: 0o600 });
  }

  strike(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** What was noted and never struck. A file that cannot be read was not finished: its program never started. */
  leftovers(): readonly { readonly id: string; readonly leftover: Leftover | undefined }[] {
    return readdirSync(this.#folder).map((name) => ({
      id: decodeURIComponent(name),
      leftover: this.#read(name),
    }));
  }

  #read(name: string): Leftover | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#folder, name), "utf8")) as Leftover;
    } catch {
      return undefined;
    }
  }

  #path(id: string): string {
    return join(this.#folder, encodeURIComponent(id));
  }
}
