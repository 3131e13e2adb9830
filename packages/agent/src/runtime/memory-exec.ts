import type {
  ContainerExec,
  ExecCommand,
  ExecTarget,
  ProgramOutput,
  RunningProgram,
  TerminalSize,
} from "./container-exec.ts";
import { ContainerFailure } from "./container-runtime.ts";

/** A program that exists in memory alone, seen from its inside. */
export interface MemoryExecProcess {
  readonly command: ExecCommand;
  /** Undefined once the input has ended. */
  readonly read: () => Promise<Uint8Array | undefined>;
  /** Resolves once the bytes were taken. */
  readonly write: (bytes: Uint8Array | string, from?: ProgramOutput["from"]) => Promise<void>;
  /** As the last resize said. */
  readonly size: () => TerminalSize | undefined;
  /** Aborted by a hang-up. */
  readonly ended: AbortSignal;
}

/** @returns its exit code; undefined for a program that the container does not have */
export type MemoryExecProgram = (process: MemoryExecProcess) => Promise<number>;

export interface MemoryExecOptions {
  isRunning(containerId: string): boolean;
  /** Undefined: there is no such program. */
  programOf(command: ExecCommand): MemoryExecProgram | undefined;
}

/** Programs in the containers of a memory runtime. */
export class MemoryExec implements ContainerExec {
  readonly #options: MemoryExecOptions;
  readonly #running = new Map<string, MemoryRunning>();
  #last = 0;

  constructor(options: MemoryExecOptions) {
    this.#options = options;
  }

  /** Those that run, for tests to look at. */
  get running(): readonly ExecCommand[] {
    return [...this.#running.values()].map(({ command }) => command);
  }

  async run(containerId: string, command: ExecCommand, onCreated?: (execId: string) => void): Promise<RunningProgram> {
    if (!this.#options.isRunning(containerId)) throw failure(`No such container: ${containerId}`);
    const program = this.#options.programOf(command);
    const id = `exec-${++this.#last}`;
    onCreated?.(id);
    if (program === undefined) throw failure(`exec: "${command.argv[0]}": stat: no such file or directory`);
    const running = new MemoryRunning(command, program, () => this.#running.delete(id));
    this.#running.set(id, running);
    return running;
  }

  async end({ execId }: { readonly execId: string }): Promise<void> {
    await this.#running.get(execId)?.end();
  }

  async look(containerId: string): Promise<ExecTarget | undefined> {
    return this.#options.isRunning(containerId) ? { environment: {}, address: "127.0.0.1" } : undefined;
  }
}

const failure = (text: string) => new ContainerFailure("CannotStartExecError", `Error response from daemon: ${text}`);

class MemoryRunning implements RunningProgram {
  readonly command: ExecCommand;
  readonly output: AsyncIterable<ProgramOutput>;
  readonly #input: (Uint8Array | undefined)[] = [];
  readonly #out: { readonly output: ProgramOutput; taken(): void }[] = [];
  readonly #ending = new AbortController();
  readonly #code: Promise<number>;
  #isOver = false;
  #size: TerminalSize | undefined;
  #wake: (() => void)[] = [];

  constructor(command: ExecCommand, program: MemoryExecProgram, onEnd: () => void) {
    this.command = command;
    this.#size = command.terminal;
    this.output = this.#read();
    const inside: MemoryExecProcess = {
      command,
      ended: this.#ending.signal,
      size: () => this.#size,
      read: () => this.#take(),
      write: (bytes, from = "stdout") => this.#print({ from, bytes: Buffer.from(bytes) }),
    };
    this.#code = Promise.race([program(inside), this.#hungUp()]).then((code) => {
      this.#isOver = true;
      onEnd();
      this.#changed();
      return code;
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#input.push(bytes);
    this.#changed();
  }

  endInput(): void {
    this.#input.push(undefined);
    this.#changed();
  }

  resize(size: TerminalSize): void {
    if (this.command.terminal !== undefined) this.#size = size;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#code;
  }

  exitCode(): Promise<number> {
    return this.#code;
  }

  async #hungUp(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#ending.signal.addEventListener("abort", () => resolve(129));
    return promise;
  }

  async #take(): Promise<Uint8Array | undefined> {
    while (this.#input.length === 0) await this.#change();
    return this.#input.shift();
  }

  #print(output: ProgramOutput): Promise<void> {
    return new Promise((taken) => {
      this.#out.push({ output, taken });
      this.#changed();
    });
  }

  async *#read(): AsyncGenerator<ProgramOutput> {
    for (;;) {
      const next = this.#out.shift();
      if (next !== undefined) {
        next.taken();
        yield next.output;
      } else if (this.#isOver) return;
      else await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
