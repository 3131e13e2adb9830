import type { ContainerExec, RunningProgram, TerminalSize } from "../runtime/container-exec.ts";
import { ContainerFailure } from "../runtime/container-runtime.ts";
import { SessionRefusal } from "./serve-session.ts";
import { ShellWordsError, shellWords } from "./shell-words.ts";
import { startFailure } from "./start-failure.ts";

export interface ContainerCommand {
  readonly containerId: string;
  /** One text, split by shell word rules; empty or absent for `sh`. */
  readonly command?: string;
  readonly terminal: boolean;
  /** A word that tells the session from all others. */
  readonly mark: string;
}

const standardSize: TerminalSize = { cols: 80, rows: 24 };

/**
 * Starts a session's command in a container: as its superuser, whatever the image's user is, with the container's own
 * environment and what a terminal needs. Source: exec session protocol, section 2.14.
 * @throws SessionRefusal
 */
export async function runInContainer(
  exec: ContainerExec,
  { containerId, command = "", terminal, mark }: ContainerCommand,
  size: TerminalSize | undefined,
  onCreated: (execId: string) => void,
): Promise<RunningProgram> {
  const [program = "sh", ...words] = wordsOf(command);
  try {
    const target = await exec.look(containerId);
    if (target === undefined) throw new SessionRefusal("The container does not run any more.");
    const environment = {
      ...(terminal ? { TERM: "xterm-256color" } : {}),
      ...(target.environment["LANG"] === undefined ? { LANG: "C.UTF-8" } : {}),
    };
    const asked = { argv: [program, ...words] as const, environment, user: "0", mark };
    const running = await exec.run(
      containerId,
      terminal ? { ...asked, terminal: size ?? standardSize } : asked,
      onCreated,
    );
    return { ...bound(running), exitCode: () => exitCodeOf(exec, containerId, running) };
  } catch (error) {
    if (error instanceof SessionRefusal) throw error;
    if (!(error instanceof ContainerFailure)) throw error;
    throw new SessionRefusal(startFailure(program, error.message, command.trim() === ""), { cause: error });
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

/** A program that ended with its container is no program that ended by itself. */
async function exitCodeOf(
  exec: ContainerExec,
  containerId: string,
  program: RunningProgram,
): Promise<number | undefined> {
  const exitCode = await program.exitCode();
  if (exitCode !== undefined && exitCode !== 137) return exitCode;
  if ((await exec.look(containerId)) === undefined) throw new SessionRefusal("The container has stopped.");
  return exitCode;
}

const bound = (program: RunningProgram): RunningProgram => ({
  output: program.output,
  write: (bytes) => program.write(bytes),
  endInput: () => program.endInput(),
  resize: (size) => program.resize(size),
  end: () => program.end(),
  exitCode: () => program.exitCode(),
});
