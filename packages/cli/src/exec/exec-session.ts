import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { ClientChannel } from "./client-channel.ts";

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
  /** Asks for a new way in after the connection was cut. Undefined: the session is over. */
  readonly resume: () => Promise<Pick<SessionAccess, "streamUrl" | "tokenValue"> | undefined>;
  /** Aborted to leave: the program is ended. */
  readonly leave?: AbortSignal;
}

export interface ExecEnd {
  /** Of the program, if it ended by itself. */
  readonly exitCode?: number;
  /** Why it did not; empty if there is nothing to say. */
  readonly text: string;
}

/** Input goes in pieces of at most so many bytes. */
const longestInput = 16 * 1024;
/** A connection that was cut is tried again for so long, in milliseconds. */
const resumeMs = 60_000;
const resumePauseMs = 500;

/** Lives a session from its first connection to its end, over as many connections as it takes. */
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
  void keepConnected();
  return over.promise;

  async function keepConnected(): Promise<void> {
    const clientId = randomUUID();
    let { streamUrl, tokenValue } = access;
    for (;;) {
      await connectOnce(streamUrl, tokenValue, clientId, channel, ended.signal);
      if (ended.signal.aborted) return;
      const again = await askAgain(options.resume).catch(() => undefined);
      if (again === undefined) return end({ text: "The session is over: it could not be taken up again." });
      ({ streamUrl, tokenValue } = again);
    }
  }
}

/** Resolves when the connection has ended, whatever for. It is ended when `over` aborts: the server waits for that. */
async function connectOnce(
  url: string,
  token: string,
  clientId: string,
  channel: ClientChannel,
  over: AbortSignal,
): Promise<void> {
  const socket = new WebSocket(url);
  over.addEventListener("abort", () => socket.close());
  socket.binaryType = "arraybuffer";
  const closed = Promise.withResolvers<void>();
  socket.addEventListener("open", () => {
    const opening = { MessageSchemaVersion: "1.0", RequestId: randomUUID(), TokenValue: token, ClientId: clientId };
    socket.send(JSON.stringify(opening));
    channel.attach((bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    });
  });
  socket.addEventListener("message", ({ data }) => channel.receive(new Uint8Array(data as ArrayBuffer)));
  socket.addEventListener("error", () => closed.resolve());
  socket.addEventListener("close", () => closed.resolve());
  await closed.promise;
  channel.detach();
}

/** While nobody answers, the control plane may be on its way back. */
async function askAgain(resume: ExecSessionOptions["resume"]): Promise<Awaited<ReturnType<typeof resume>>> {
  for (const deadline = Date.now() + resumeMs; ; await wait(resumePauseMs)) {
    try {
      return await resume();
    } catch (error) {
      if (Date.now() > deadline) throw error;
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
