import type { LogLine, LogPosition } from "./container-runtime.ts";
import { type DockerEngine, EngineError } from "./docker-engine.ts";
import { logLines, logMessages, sinceParameter } from "./docker-logs.ts";

/** How far, in milliseconds, following may fall behind what the container writes before the files are read instead. */
const tolerableLag = 1_000;

/**
 * Reads a container's output from `since` to its end, as it comes.
 *
 * Following alone would lose lines: engines before version 23 leave out whole files when the log is rotated while a reader is
 * behind, and end the stream with the container although more is stored. Reading what is stored, without following, is complete.
 * So this follows only while it keeps up, and reads what is stored before, whenever it fell behind, and at the end.
 */
export async function* readLogs(
  engine: DockerEngine,
  id: string,
  since: LogPosition | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  let position = since;
  for (;;) {
    // Looked at before reading: what has ended before the reading began is read to its end.
    const { terminal, running } = await look(engine, id);
    const source = { engine, id, terminal, ended: !running };
    for (let caughtUp = false; !caughtUp; ) {
      // From the first line on: until then the engine looks for the place, which says nothing about how much is behind it.
      let began: number | undefined;
      for await (const line of read(source, position, signal, false)) {
        began ??= performance.now();
        position = line.position;
        yield line;
      }
      caughtUp = began === undefined || performance.now() - began < tolerableLag;
    }
    if (!running) return;
    let leastLag = Number.POSITIVE_INFINITY;
    for await (const line of read(source, position, signal, true)) {
      position = line.position;
      yield line;
      // Against the least seen, since the engine's clock need not be ours.
      const lag = Date.now() - line.time;
      leastLag = Math.min(leastLag, lag);
      if (lag - leastLag > tolerableLag) break;
    }
  }
}

interface Source {
  readonly engine: DockerEngine;
  readonly id: string;
  readonly terminal: boolean;
  /** Whether it has ended, so that what is stored is all. */
  readonly ended: boolean;
}

async function* read(
  { engine, id, terminal, ended }: Source,
  since: LogPosition | undefined,
  signal: AbortSignal,
  follow: boolean,
): AsyncGenerator<LogLine> {
  const done = new AbortController();
  const query = { stdout: true, stderr: true, timestamps: true, follow, since: sinceParameter(since) };
  try {
    const stream = await engine.stream("GET", `/containers/${id}/logs`, {
      query,
      signal: AbortSignal.any([signal, done.signal]),
    });
    yield* logLines(logMessages(stream, terminal), since, ended);
  } finally {
    done.abort();
  }
}

async function look(engine: DockerEngine, id: string) {
  interface Answer {
    readonly State: { readonly Running: boolean };
    readonly Config: { readonly Tty: boolean };
  }
  const answer = await engine.call<Answer | undefined>("GET", `/containers/${id}/json`, { timeoutMs: 30_000 });
  if (answer === undefined) throw new EngineError(404, `No such container: ${id}`);
  return { terminal: answer.Config.Tty, running: answer.State.Running };
}
