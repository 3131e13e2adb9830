/** How a program is started in a container that runs. */
export interface ExecCommand {
  /** The program and its arguments; run as it stands, by no shell. */
  readonly argv: readonly [string, ...string[]];
  /** With a terminal of this size there is one stream of output, and the program can be resized and interrupted by keys. */
  readonly terminal?: TerminalSize;
  /** Name or id; the container's own if absent. */
  readonly user?: string;
  /** Added to the container's own. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * A word of letters, digits and hyphens that tells this program from all others. Its value of `HATOBA_SESSION`, by which
   * it is found where its process ids mean nothing to the agent.
   */
  readonly mark: string;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface ProgramOutput {
  readonly from: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

/** A program at work whose terminal, or whose standard streams, are ours. */
export interface RunningProgram {
  /** To be read once. Reads no further ahead than a pipe's worth; ends when the program has ended and all was read. */
  readonly output: AsyncIterable<ProgramOutput>;
  /** Resolves once the program's side has taken the bytes; what comes after its end is dropped. One call at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /** No input follows; at a terminal this is Ctrl-D. */
  endInput(): void;
  /** Without a terminal nothing happens. */
  resize(size: TerminalSize): void;
  /** As when a terminal is hung up: SIGHUP to it and to all it has started, then SIGKILL. Resolves when it is gone. */
  end(): Promise<void>;
  /** To be asked once the output has ended: 0…255, or undefined if nobody can say. */
  exitCode(): Promise<number | undefined>;
}

/** Running programs in containers. Methods may reject with ContainerFailure. */
export interface ContainerExec {
  /**
   * Resolves once the program runs. @param onCreated told the exec's id before the program starts, so that it can be noted
   * @throws ContainerFailure, with the engine's own words, if there is no such program or the container does not run
   */
  run(containerId: string, command: ExecCommand, onCreated?: (execId: string) => void): Promise<RunningProgram>;
  /** Ends a program as `RunningProgram.end` does, also one that an earlier process of the agent started. */
  end(exec: { readonly containerId: string; readonly execId: string; readonly mark: string }): Promise<void>;
  /** What a running container gives its programs, and how to reach them; undefined for one that does not run. */
  look(containerId: string): Promise<ExecTarget | undefined>;
}

export interface ExecTarget {
  readonly environment: Readonly<Record<string, string>>;
  /** Of the container's first process, on this machine; absent if the engine runs on another. */
  readonly pid?: number;
  /** IPv4 address that this machine can reach, if it has one. */
  readonly address?: string;
}
