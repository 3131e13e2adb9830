import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import type { RunningProgram, TerminalSize } from "../runtime/container-exec.ts";
import { processProgram } from "./process-program.ts";
import { SessionRefusal } from "./serve-session.ts";
import { ShellWordsError, shellWords } from "./shell-words.ts";

export interface HostCommand {
  /** Split by shell word rules; absent for a login shell. */
  readonly command?: string;
  readonly terminal: boolean;
  readonly size: TerminalSize | undefined;
  /** Told the process id of the program, which leads a session. */
  readonly onStarted: (pid: number) => void;
}

const run = promisify(execFile);
const standardSize: TerminalSize = { cols: 80, rows: 24 };

/**
 * Shells of the machine itself, for one user of it. The terminal is made by `script` of util-linux, which hands on bytes
 * as they are; `setpriv` of the same gives the user's rights and a clean environment.
 */
export class HostShell {
  readonly #user: string;
  /** Whether this process is that user, and has no rights to give up. */
  readonly #isOwn: boolean;

  /** @param user a user's name on this machine; another one than its own only where the agent runs as root */
  constructor(user: string, isOwn: boolean) {
    this.#user = user;
    this.#isOwn = isOwn;
  }

  /** @throws SessionRefusal */
  async open({ command = "", terminal, size, onStarted }: HostCommand): Promise<RunningProgram> {
    const words = wordsOf(command);
    return terminal ? this.#atTerminal(words, size ?? standardSize, onStarted) : this.#plain(words, onStarted);
  }

  async #atTerminal(
    words: readonly string[],
    { cols, rows }: TerminalSize,
    onStarted: (pid: number) => void,
  ): Promise<RunningProgram> {
    // The terminal's name and the leader's process id come out beside it, as descriptor 3.
    const prologue = `echo $$ "$(tty)" >&3; exec 3>&-; stty rows ${rows} cols ${cols}`;
    const line = `${prologue}; exec ${(await this.#program(words)).map(quoted).join(" ")}`;
    const child = spawn("script", ["-q", "-e", "-f", "-E", "always", "-c", line, "/dev/null"], {
      stdio: ["pipe", "pipe", "ignore", "pipe"],
      env: { ...this.#environment(), SHELL: "/bin/sh", TERM: "xterm-256color" },
    });
    const [pid, terminal] = await announced(child.stdio[3] as Readable, child);
    onStarted(pid);
    const resize = (size: TerminalSize) =>
      void execFile("stty", ["-F", terminal, "rows", String(size.rows), "cols", String(size.cols)], () => undefined);
    return processProgram({ child: child as never, leader: pid, resize });
  }

  async #plain(words: readonly string[], onStarted: (pid: number) => void): Promise<RunningProgram> {
    const [program = "", ...rest] = await this.#program(words);
    const child = spawn(program, rest, { stdio: "pipe", detached: true, env: this.#environment() });
    await spawned(child);
    const leader = child.pid ?? 0;
    onStarted(leader);
    return processProgram({ child, stderr: child.stderr, leader });
  }

  async #program(words: readonly string[]): Promise<readonly string[]> {
    const shell =
      words.length === 0
        ? ["/bin/sh", "-c", 'cd 2>/dev/null || cd /; exec "${SHELL:-/bin/sh}" -l']
        : ["/bin/sh", "-c", 'cd 2>/dev/null || cd /; exec "$@"', "sh", ...words];
    if (this.#isOwn) return shell;
    const [uid, gid] = await Promise.all(["-u", "-g"].map((which) => idOf(which, this.#user)));
    return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--reset-env", "--", ...shell];
  }

  /** Nothing of the agent's own, among which are its keys. */
  #environment(): Readonly<Record<string, string>> {
    const { PATH = "/usr/bin:/bin", HOME = "/", SHELL = "/bin/sh" } = process.env;
    return this.#isOwn ? { PATH, HOME, SHELL, USER: this.#user, LOGNAME: this.#user } : { PATH };
  }
}

function wordsOf(command: string): readonly string[] {
  try {
    return shellWords(command);
  } catch (error) {
    if (!(error instanceof ShellWordsError)) throw error;
    throw new SessionRefusal(`Unable to start command: ${error.message}`, { cause: error });
  }
}

async function idOf(which: string, user: string): Promise<string> {
  try {
    return (await run("id", [which, user])).stdout.trim();
  } catch (error) {
    throw new SessionRefusal(`This machine has no user ${user}.`, { cause: error });
  }
}

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

async function spawned(child: ReturnType<typeof spawn>): Promise<void> {
  try {
    await once(child, "spawn");
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new SessionRefusal(`Unable to start command: ${text}`, { cause: error });
  }
}

async function announced(
  beside: Readable,
  child: ReturnType<typeof spawn>,
): Promise<readonly [pid: number, terminal: string]> {
  await spawned(child);
  for await (const line of createInterface({ input: beside })) {
    const [pid = "", terminal = ""] = line.split(" ");
    if (terminal.startsWith("/dev/")) return [Number(pid), terminal];
  }
  throw new SessionRefusal("Unable to start command: this machine gave no terminal.");
}
