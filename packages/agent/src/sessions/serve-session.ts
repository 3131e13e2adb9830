import { type LinkFrame, linkWindow } from "@hatoba/contract";
import type { SessionLink } from "../channel/session-link.ts";
import type { Clock } from "../platform/clock.ts";
import type { RunningProgram, TerminalSize } from "../runtime/container-exec.ts";
import { Credit } from "./credit.ts";

/** What a user is meant to read of why a session does not begin or go on. */
export class SessionRefusal extends Error {
  override readonly name = "SessionRefusal";
}

export interface SessionToServe {
  readonly link: SessionLink;
  /** Whether the program waits for the first size of the user's terminal. */
  readonly terminal: boolean;
  /** @throws SessionRefusal */
  readonly start: (size: TerminalSize | undefined) => Promise<RunningProgram>;
  /** Aborted with a SessionRefusal when the session is to end, whatever its program does. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

export interface SessionEnd {
  readonly exitCode?: number;
  /** Why it did not end by itself. */
  readonly reason?: string;
}

/** Who does not say how large the terminal is within this time, in milliseconds, gets the size that follows later. */
const firstSizeMs = 500;
/** Largest content of one frame. */
const longestFrame = 32 * 1024;
/** Credit is given back in portions of this size at least, or when all has been taken. */
const creditPortion = 32 * 1024;

/**
 * Serves one session over its link: starts the program, carries bytes both ways within the credit, and tells how it ended.
 * Resolves once the program is gone. The program ends when the control plane asks for it, when the link closes, and when
 * `signal` aborts.
 */
export async function serveSession({ link, terminal, start, signal, clock }: SessionToServe): Promise<SessionEnd> {
  const ending = new AbortController();
  /** Set when a text is to be told in place of an exit code. */
  let refusal: string | undefined;
  const credit = new Credit(linkWindow);
  const input = new Input(link);
  const firstSize = Promise.withResolvers<void>();
  let size: TerminalSize | undefined;
  let program: RunningProgram | undefined;

  link.onFrame((frame) => {
    switch (frame.kind) {
      case "input":
        return input.add(frame.bytes);
      case "inputEnd":
        return input.end();
      case "size":
        size = { cols: frame.cols, rows: frame.rows };
        firstSize.resolve();
        return program?.resize(size);
      case "credit":
        return credit.add(frame.bytes);
      case "terminate":
        return ending.abort();
      case "started":
      case "output":
      case "errorOutput":
      case "portRefused":
      case "exited":
      case "failed":
        return; // for the other side
    }
  });
  link.onClose(() => ending.abort());
  const stop = () => {
    refusal = signal.reason instanceof Error ? signal.reason.message : "The session was ended.";
    ending.abort();
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  ending.signal.addEventListener("abort", () => firstSize.resolve());

  try {
    if (terminal) await waitFor(firstSize.promise, firstSizeMs, clock);
    if (ending.signal.aborted) return finish({ reason: refusal ?? "The session was ended before it began." });
    const started = await start(size);
    program = started;
    if (size !== undefined) started.resize(size);
    link.send({ kind: "started" });
    const end = () => void started.end().catch(() => undefined);
    if (ending.signal.aborted) end();
    ending.signal.addEventListener("abort", end, { once: true });
    void input.feed(started);
    await sendOutput(started, link, credit, ending.signal);
    if (ending.signal.aborted) await started.end();
    const exitCode = await started.exitCode();
    if (refusal !== undefined) return finish({ reason: refusal });
    return finish(exitCode === undefined ? { reason: "The program was lost." } : { exitCode });
  } catch (error) {
    if (!(error instanceof SessionRefusal)) {
      finish({ reason: "The agent could not serve the session." });
      throw error;
    }
    return finish({ reason: refusal ?? error.message });
  } finally {
    signal.removeEventListener("abort", stop);
  }

  function finish(end: SessionEnd): SessionEnd {
    const last: LinkFrame =
      end.reason === undefined
        ? { kind: "exited", exitCode: end.exitCode ?? 0 }
        : { kind: "failed", reason: end.reason };
    link.send(last);
    link.close();
    return end;
  }
}

/** Once the session is ending, what is still to come is read and left aside, so that the program is not held up by it. */
async function sendOutput(
  { output }: RunningProgram,
  link: SessionLink,
  credit: Credit,
  ending: AbortSignal,
): Promise<void> {
  for await (const { from, bytes } of output) {
    const kind = from === "stdout" ? "output" : "errorOutput";
    for (let at = 0; at < bytes.length && !ending.aborted; ) {
      const taken = await credit.take(Math.min(longestFrame, bytes.length - at), ending);
      if (taken > 0) link.send({ kind, bytes: bytes.subarray(at, at + taken) });
      at += taken;
    }
  }
}

/** What is on its way to the program. Never more than the window, or the other side breaks the rule and is hung up on. */
class Input {
  readonly #link: SessionLink;
  readonly #waiting: (Uint8Array | "end")[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;

  constructor(link: SessionLink) {
    this.#link = link;
  }

  add(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > linkWindow) return this.#link.close();
    this.#waiting.push(bytes);
    this.#wake?.();
  }

  end(): void {
    this.#waiting.push("end");
    this.#wake?.();
  }

  /** Hands over what comes, for as long as there is somebody to wait. */
  async feed(program: RunningProgram): Promise<void> {
    let taken = 0;
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
      } else if (next === "end") {
        program.endInput();
      } else {
        await program.write(next);
        this.#bytes -= next.length;
        taken += next.length;
        if (taken < creditPortion && this.#waiting[0] instanceof Uint8Array) continue;
        this.#link.send({ kind: "credit", bytes: taken });
        taken = 0;
      }
    }
  }
}

async function waitFor(promise: Promise<void>, milliseconds: number, clock: Clock): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const callOff = clock.after(milliseconds, patience.resolve);
  await Promise.race([promise, patience.promise]);
  callOff();
}
