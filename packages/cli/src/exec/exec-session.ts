import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { UserError } from "../terminal/user-error.ts";
import { ClientChannel } from "./client-channel.ts";
import { connectOnce } from "./connect-once.ts";

/** What opens a session, or opens it again. */
export interface SessionAccess {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

export interface ExecSessionOptions {
  readonly access: SessionAccess;
  readonly input: Readable;
  readonly output: Writable;
  readonly errorOutput: Writable;
  /** Of the terminal, or what a program without one is told. */
  readonly size: () => { readonly cols: number; readonly rows: number };
  /** Calls back whenever the size has changed. */
  readonly onResize?: (listener: () => void) => void;
  /** Asks for a new way in after the connection was cut. Undefined: the session is over. It is broken off by the signal. */
  readonly resume: (signal: AbortSignal) => Promise<Pick<SessionAccess, "streamUrl" | "tokenValue"> | undefined>;
  /** Aborted to leave: the program is ended. */
  readonly leave?: AbortSignal;
  readonly limits?: Partial<ExecLimits>;
}

/** In milliseconds. */
export interface ExecLimits {
  /** Between two signs of life that are asked for; a connection without one for as long again is lost. */
  readonly pingMs: number;
  /** A connection that was cut is tried again for so long, and each try takes no longer than `tryMs`. */
  readonly resumeMs: number;
  readonly tryMs: number;
}
const defaultLimits: ExecLimits = { pingMs: 15_000, resumeMs: 60_000, tryMs: 10_000 };

export interface ExecEnd {
  /** Of the program, if it ended by itself. */
  readonly exitCode?: number;
  /** Why it did not; empty if there is nothing to say. */
  readonly text: string;
}

/** Input goes in pieces of at most so many bytes. */
const longestInput = 16 * 1024;
const resumePauseMs = 500;

/**
 * Lives a session from its first connection to its end, over as many connections as it takes.
 * @throws UserError if the control plane's address for the session is none
 */
export async function liveSession(options: ExecSessionOptions): Promise<ExecEnd> {
  const { access, input, size, onResize, leave } = options;
  const over = Promise.withResolvers<ExecEnd>();
  const ended = new AbortController();
  const end = (how: ExecEnd) => {
    ended.abort();
    over.resolve(how);
  };
  const channel = new ClientChannel({
    newId: randomUUID,
    now: Date.now,
    onOutput: (from, bytes) => writeAll(from === "stdout" ? options.output : options.errorOutput, bytes),
    onReady(notice) {
      if (notice !== "") options.errorOutput.write(`${notice}\n`);
      channel.sendSize(size());
      onResize?.(() => channel.sendSize(size()));
      void sendInput(channel, input);
    },
    onClosed: ({ output, exitCode }) => end({ text: output, ...(exitCode === undefined ? {} : { exitCode }) }),
  });
  leave?.addEventListener("abort", () => channel.sendTerminate());
  const limits = { ...defaultLimits, ...options.limits };
  keepConnected().catch((error: unknown) => {
    ended.abort();
    over.reject(error);
  });
  return over.promise;

  async function keepConnected(): Promise<void> {
    const clientId = randomUUID();
    let { streamUrl, tokenValue } = access;
    for (;;) {
      const opening = {
        MessageSchemaVersion: "1.0",
        RequestId: randomUUID(),
        TokenValue: tokenValue,
        ClientId: clientId,
      };
      const how = await connectOnce(requireSocketUrl(streamUrl), JSON.stringify(opening), channel, {
        over: ended.signal,
        ...limits,
      });
      if (ended.signal.aborted) return;
      if (how === "lost") options.errorOutput.write("\r\nThe connection is lost; trying to get it back.\r\n");
      const again = await askAgain(options.resume, limits);
      if (ended.signal.aborted) return;
      if (again === "over") return end({ text: "The session is over: it could not be taken up again." });
      if (again === "unreachable") {
        return end({
          text: `The network is lost: the control plane has not answered for ${limits.resumeMs / 1000} s.`,
        });
      }
      ({ streamUrl, tokenValue } = again);
    }
  }
}

function requireSocketUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  if (protocol === "ws:" || protocol === "wss:") return text;
  throw new UserError(`The control plane gave no address to open the session at, but ${JSON.stringify(text)}.`);
}

/** While nobody answers, the control plane may be on its way back. */
async function askAgain(
  resume: ExecSessionOptions["resume"],
  { resumeMs, tryMs }: ExecLimits,
): Promise<Pick<SessionAccess, "streamUrl" | "tokenValue"> | "over" | "unreachable"> {
  for (const deadline = Date.now() + resumeMs; ; await wait(resumePauseMs)) {
    try {
      return (await resume(AbortSignal.timeout(tryMs))) ?? "over";
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (Date.now() >= deadline) return "unreachable";
    }
  }
}

async function sendInput(channel: ClientChannel, input: Readable): Promise<void> {
  try {
    for await (const chunk of input) {
      const bytes = chunk as Buffer;
      for (let at = 0; at < bytes.length; at += longestInput) {
        await channel.room();
        channel.sendInput(bytes.subarray(at, at + longestInput));
      }
    }
  } catch {
    // Its other end has gone, which ends it like any other.
  }
  channel.sendInputEnd();
}

/** Whoever does not read holds the program up. A pipe that nobody reads any more swallows the rest. */
async function writeAll(to: Writable, bytes: Uint8Array): Promise<void> {
  if (to.destroyed) return;
  await new Promise<void>((resolve) => {
    to.write(bytes, () => resolve());
  });
}
