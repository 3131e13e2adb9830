import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { ProgramOutput, RunningProgram, TerminalSize } from "../runtime/container-exec.ts";
import { endProcessSession } from "../runtime/end-processes.ts";

export interface ProcessToServe {
  readonly child: ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };
  /** Absent where standard error is no output. */
  readonly stderr?: Readable;
  /** Of the session that the program leads. */
  readonly leader: number;
  /** Present for a program at a terminal. */
  readonly resize?: (size: TerminalSize) => void;
}

const endOfTransmission = Buffer.from([4]);

/** A process of this machine as a session's program. */
export function processProgram({ child, stderr, leader, resize }: ProcessToServe): RunningProgram {
  const { stdin, stdout } = child;
  stdin.on("error", () => undefined); // it has ended; its exit code says so
  const exit = Promise.withResolvers<number | undefined>();
  const exited = (code: number | null, signal: NodeJS.Signals | null) =>
    exit.resolve(code ?? (signal === null ? undefined : 128));
  if (child.exitCode === null && child.signalCode === null) child.once("exit", exited);
  else exited(child.exitCode, child.signalCode);
  return {
    output: stderr === undefined ? labelled(stdout, "stdout") : merged(stdout, stderr),
    async write(bytes) {
      if (!stdin.writable || stdin.write(bytes)) return;
      const drained = new AbortController();
      await Promise.race([
        once(stdin, "drain", { signal: drained.signal }),
        once(stdin, "close", { signal: drained.signal }),
      ]).catch(() => undefined);
      drained.abort();
    },
    endInput() {
      if (resize === undefined) stdin.end();
      else if (stdin.writable) stdin.write(endOfTransmission);
    },
    resize: (size) => resize?.(size),
    async end() {
      try {
        await endProcessSession(leader);
      } finally {
        // `script` lives outside the session; when its end of the terminal closes, the kernel hangs up on who is not ours.
        if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      }
      await exit.promise;
    },
    exitCode: () => exit.promise,
  };
}

async function* labelled(stream: Readable, from: ProgramOutput["from"]): AsyncGenerator<ProgramOutput> {
  try {
    for await (const bytes of stream) yield { from, bytes: bytes as Buffer };
  } catch {
    return; // cut off: the exit code says what became of it
  }
}

/** Both streams as they come. */
async function* merged(stdout: Readable, stderr: Readable): AsyncGenerator<ProgramOutput> {
  const sources = new Map(
    [labelled(stdout, "stdout"), labelled(stderr, "stderr")].map((source) => [source, next(source)]),
  );
  while (sources.size > 0) {
    const { source, result } = await Promise.race(sources.values());
    if (result.done === true) sources.delete(source);
    else {
      sources.set(source, next(source));
      yield result.value;
    }
  }
}

async function next(source: AsyncGenerator<ProgramOutput>) {
  return { source, result: await source.next() };
}
