import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type {
  ContainerExec,
  ExecCommand,
  ExecTarget,
  ProgramOutput,
  RunningProgram,
  TerminalSize,
} from "./container-exec.ts";
import { ContainerFailure } from "./container-runtime.ts";
import type { DockerEngine } from "./docker-engine.ts";
import { failureOf, isMissing } from "./docker-errors.ts";
import { endProcessSession, NotOurProcessError, processFacts } from "./end-processes.ts";
import { ExecFrames } from "./exec-frames.ts";
import { pauses } from "./pauses.ts";

/** Longest waits for the engine, and between two looks at a program that is about to start, or to end, in milliseconds. */
const limits = { call: 30_000, startLook: 100, endLook: 2000 } as const;
const endOfTransmission = Buffer.from([4]);
/** What is kept of the engine's words on why a program did not start, in bytes. */
const longestRefusal = 4096;

interface ExecAnswer {
  readonly Running: boolean;
  readonly ExitCode: number | null;
  /** On the engine's machine; 0 before the program runs, and for one that never did. */
  readonly Pid: number;
}

/** Programs in containers of a Docker Engine, or what speaks its API. */
export class DockerExec implements ContainerExec {
  readonly #engine: DockerEngine;

  constructor(engine: DockerEngine) {
    this.#engine = engine;
  }

  async run(containerId: string, command: ExecCommand, onCreated?: (execId: string) => void): Promise<RunningProgram> {
    return this.#try(async () => {
      const body = execBody(command);
      const { Id: execId } = await this.#engine.call<{ readonly Id: string }>(
        "POST",
        `/containers/${containerId}/exec`,
        { body, timeoutMs: limits.call },
      );
      onCreated?.(execId);
      const start = { Detach: false, Tty: body.Tty, ...consoleSize(command) };
      const socket = await this.#engine.upgrade("POST", `/exec/${execId}/start`, start, limits.call);
      await this.#started(execId, socket);
      const program = new DockerProgram(socket, command.terminal !== undefined, {
        resize: (size) => this.#resize(execId, size),
        end: () => this.end({ containerId, execId, mark: command.mark }),
        exitCode: () => this.#exitCode(execId),
      });
      // Engines before API 1.42 take no size at the start.
      if (command.terminal !== undefined) await this.#resize(execId, command.terminal);
      return program;
    });
  }

  async end({ containerId, execId, mark }: { containerId: string; execId: string; mark: string }): Promise<void> {
    await this.#try(async () => {
      const exec = await this.#exec(execId);
      if (exec === undefined || !exec.Running) return;
      if (!(await this.#endHere(containerId, exec.Pid))) await this.#endInside(containerId, mark);
    });
  }

  async look(containerId: string): Promise<ExecTarget | undefined> {
    return this.#try(async () => {
      try {
        const { State, Config, NetworkSettings } = await this.#engine.call<TargetAnswer>(
          "GET",
          `/containers/${containerId}/json`,
          { timeoutMs: limits.call },
        );
        if (!State.Running) return undefined;
        const address = [
          NetworkSettings.IPAddress,
          ...Object.values(NetworkSettings.Networks ?? {}).map(({ IPAddress }) => IPAddress),
        ].find((each) => each !== undefined && each !== "");
        return {
          environment: Object.fromEntries((Config.Env ?? []).map(variable)),
          ...(this.#isHere(containerId, State.Pid) ? { pid: State.Pid } : {}),
          ...(address === undefined ? {} : { address }),
        };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  }

  /** Waits until the program runs, or has run. @throws ContainerFailure if it never did */
  async #started(execId: string, socket: Duplex): Promise<void> {
    for (const pause of pauses(limits.startLook)) {
      const exec = await this.#exec(execId);
      if (exec !== undefined && exec.Pid > 0) return;
      if (exec === undefined || (!exec.Running && exec.ExitCode !== null)) break;
      await wait(pause);
    }
    // The engine writes what went wrong where the program's output would stand.
    const words: Buffer[] = [];
    let length = 0;
    for await (const chunk of socket) {
      words.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > longestRefusal) break;
    }
    throw new ContainerFailure("CannotStartExecError", refusalOf(Buffer.concat(words)));
  }

  async #resize(execId: string, { cols, rows }: TerminalSize): Promise<void> {
    try {
      await this.#engine.call("POST", `/exec/${execId}/resize`, {
        query: { h: rows, w: cols },
        timeoutMs: limits.call,
      });
    } catch {
      // It has ended meanwhile; its exit code says so to whoever asks.
    }
  }

  async #exitCode(execId: string): Promise<number | undefined> {
    return this.#try(async () => {
      for (const pause of pauses(limits.endLook)) {
        const exec = await this.#exec(execId);
        if (exec === undefined) return undefined;
        if (!exec.Running) return exec.ExitCode ?? undefined;
        await wait(pause);
      }
      return undefined;
    });
  }

  async #exec(execId: string): Promise<ExecAnswer | undefined> {
    try {
      return await this.#engine.call<ExecAnswer>("GET", `/exec/${execId}/json`, { timeoutMs: limits.call });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** @returns whether it could be done from outside: its process ids are those of this machine, and ours to signal */
  async #endHere(containerId: string, pid: number): Promise<boolean> {
    if (!this.#isHere(containerId, pid)) return false;
    try {
      await endProcessSession(pid);
      return true;
    } catch (error) {
      if (error instanceof NotOurProcessError) return false;
      throw error;
    }
  }

  /** Whether a process id of the engine's means the same here: the process's cgroup bears the container's id. */
  #isHere(containerId: string, pid: number): boolean {
    if (!this.#engine.address.local || pid <= 0 || processFacts(pid) === undefined) return false;
    try {
      return readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(containerId);
    } catch {
      return false;
    }
  }

  /** By the container's own shell; an image without one keeps the program until the container ends. */
  async #endInside(containerId: string, mark: string): Promise<void> {
    const find = `for p in /proc/[0-9]*; do grep -qs HATOBA_SESSION=${mark} $p/environ && echo \${p#/proc/}; done`;
    const script = `s=$$; k() { for i in $(${find}); do [ $i = $s ] || kill -$1 $i 2>/dev/null; done; }; k HUP; k CONT; sleep 2; k KILL`;
    const { Id } = await this.#engine.call<{ readonly Id: string }>("POST", `/containers/${containerId}/exec`, {
      body: { Cmd: ["sh", "-c", script], User: "0" },
      timeoutMs: limits.call,
    });
    await this.#engine.call("POST", `/exec/${Id}/start`, { body: { Detach: true }, timeoutMs: limits.call });
  }

  async #try<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw failureOf("exec", error);
    }
  }
}

interface TargetAnswer {
  readonly State: { readonly Running: boolean; readonly Pid: number };
  readonly Config: { readonly Env?: readonly string[] | null };
  readonly NetworkSettings: {
    readonly IPAddress?: string;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null;
  };
}

function variable(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function execBody({ argv, terminal, user, environment, mark }: ExecCommand) {
  return {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: terminal !== undefined,
    Cmd: argv,
    Env: Object.entries({ ...environment, HATOBA_SESSION: mark }).map(([name, value]) => `${name}=${value}`),
    ...(user === undefined ? {} : { User: user }),
  };
}

/** Ignored by engines before API 1.42. */
const consoleSize = ({ terminal }: ExecCommand) =>
  terminal === undefined ? {} : { ConsoleSize: [terminal.rows, terminal.cols] };

/** The engine's words without what every one of them has around it. */
function refusalOf(words: Buffer): string {
  const text = words
    .toString()
    .replace(/[^\x20-\x7e\n]/g, "")
    .trim();
  const inner = /starting container process caused: |unable to start container process: |exec failed: /;
  const told = text.split(inner).at(-1) ?? text;
  return told.replace(/: unknown$/, "") || "the container engine does not say why";
}

interface Acts {
  resize(size: TerminalSize): Promise<void>;
  end(): Promise<void>;
  exitCode(): Promise<number | undefined>;
}

class DockerProgram implements RunningProgram {
  readonly output: AsyncIterable<ProgramOutput>;
  readonly #socket: Duplex;
  readonly #hasTerminal: boolean;
  readonly #acts: Acts;
  #isResizing = false;
  #wantedSize: TerminalSize | undefined;

  constructor(socket: Duplex, hasTerminal: boolean, acts: Acts) {
    this.#socket = socket;
    this.#hasTerminal = hasTerminal;
    this.#acts = acts;
    socket.on("error", () => socket.destroy());
    this.output = hasTerminal ? terminalOutput(socket) : streams(socket);
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#socket.writable) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off("close", done);
        resolve();
      };
      this.#socket.once("close", done);
      this.#socket.write(bytes, done);
    });
  }

  endInput(): void {
    if (!this.#socket.writable) return;
    if (this.#hasTerminal) this.#socket.write(endOfTransmission);
    else this.#socket.end();
  }

  resize(size: TerminalSize): void {
    if (!this.#hasTerminal) return;
    this.#wantedSize = size;
    if (!this.#isResizing) void this.#resizeToLast();
  }

  async end(): Promise<void> {
    try {
      await this.#acts.end();
    } finally {
      this.#socket.destroy();
    }
  }

  exitCode(): Promise<number | undefined> {
    return this.#acts.exitCode();
  }

  /** One call at a time; of several sizes in a row the last is what counts. */
  async #resizeToLast(): Promise<void> {
    this.#isResizing = true;
    while (this.#wantedSize !== undefined) {
      const size = this.#wantedSize;
      this.#wantedSize = undefined;
      await this.#acts.resize(size);
    }
    this.#isResizing = false;
  }
}

async function* terminalOutput(socket: Duplex): AsyncGenerator<ProgramOutput> {
  for await (const bytes of chunksOf(socket)) yield { from: "stdout", bytes };
}

async function* streams(socket: Duplex): AsyncGenerator<ProgramOutput> {
  const frames = new ExecFrames();
  for await (const chunk of chunksOf(socket)) yield* frames.split(chunk);
}

/** A connection that is cut ends the output; what became of the program, its exit code says. */
async function* chunksOf(socket: Duplex): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch {
    return;
  }
}
