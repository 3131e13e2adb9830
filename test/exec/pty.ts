import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

const run = promisify(execFile);
const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

/** Longest between two things that are shown, in milliseconds. */
const patienceMs = 30_000;

/** A program at a terminal of its own, made by `script` of util-linux. */
export class PtyProcess {
  readonly #child: ChildProcess;
  readonly #terminal: Promise<string>;
  readonly #exit: Promise<number>;
  #chunks: Buffer[] = [];
  #wake: (() => void)[] = [];
  #isOver = false;
  /** Of what was shown, the part that `until` has not gone past. */
  #unseen = "";

  constructor(
    words: readonly string[],
    { env, cols = 100, rows = 30 }: { env: NodeJS.ProcessEnv; cols?: number; rows?: number },
  ) {
    const prologue = `echo "$$ $(tty)" >&3; exec 3>&-; stty rows ${rows} cols ${cols}`;
    const line = `${prologue}; exec ${words.map(quoted).join(" ")}`;
    this.#child = spawn("script", ["-q", "-e", "-f", "-E", "always", "-c", line, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit", "pipe"],
      env: { ...process.env, ...env, SHELL: "/bin/sh", TERM: "xterm" },
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#unseen += chunk.toString("latin1");
      this.#changed();
    });
    this.#child.stdin?.on("error", () => undefined);
    this.#terminal = once(createInterface({ input: this.#child.stdio[3] as Readable }), "line").then(([said]) => {
      const [pid = "", terminal = ""] = String(said).split(" ");
      this.pid = Number(pid);
      return terminal;
    });
    this.#exit = once(this.#child, "close").then(([code]) => {
      this.#isOver = true;
      this.#changed();
      return Number(code);
    });
  }

  /** Of the program itself, once it has shown something. */
  pid = 0;

  get shown(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  type(keys: string | Buffer): void {
    this.#child.stdin?.write(keys);
  }

  /** Waits until something is shown that was not waited for yet. @returns all up to its end */
  async until(what: string | RegExp): Promise<string> {
    for (;;) {
      const text = this.#unseen;
      const at = typeof what === "string" ? text.indexOf(what) : text.search(what);
      if (at !== -1) {
        const length = typeof what === "string" ? what.length : (what.exec(text)?.[0].length ?? 0);
        this.#unseen = text.slice(at + length);
        return text.slice(0, at + length);
      }
      if (this.#isOver) throw new Error(`ended before ${String(what)}: ${JSON.stringify(text.slice(-500))}`);
      if (!(await this.#change()))
        throw new Error(`not shown, ${String(what)}, but ${JSON.stringify(text.slice(-500))}`);
    }
  }

  async stty(...words: string[]): Promise<string> {
    return (await run("stty", ["-F", await this.#terminal, ...words])).stdout.trim();
  }

  /** Stops reading, as somebody who has pressed Ctrl-S; `resume` goes on. */
  pause(): void {
    this.#child.stdout?.pause();
  }

  resume(): void {
    this.#child.stdout?.resume();
  }

  /** @returns its exit code */
  exit(): Promise<number> {
    return this.#exit;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** @returns false if nothing was shown for too long */
  #change(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
