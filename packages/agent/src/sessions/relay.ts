import { once } from "node:events";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { encodeSmux, SmuxDecoder, type SmuxFrame, smuxDataBytes } from "./smux.ts";

export interface Relay {
  readonly input: Readable;
  readonly output: Writable;
  /** A new connection to the port. */
  readonly connect: () => Promise<Socket>;
}

/** Bytes that may wait for the connections of a multiplexed relay; with more, nothing is read until they have gone. */
const mostWaiting = 1024 * 1024;
const mostStreams = 1024;

/** Carries one connection's bytes both ways, until the port's side has ended. @throws whatever `connect` does */
export async function relayOne({ input, output, connect }: Relay, onConnected: () => void): Promise<void> {
  const socket = await connect();
  onConnected();
  socket.on("error", () => socket.destroy());
  void (async () => {
    for await (const chunk of input) await write(socket, chunk as Buffer);
    socket.end();
  })().catch(() => socket.destroy());
  await pour(socket, (chunk) => write(output, chunk));
}

/**
 * Carries many connections at the same time, as streams of smux version 1: the other side opens them, a connection to the
 * port stands behind each. Ends with the input. smux of this version paces all streams together: when connections do not
 * take what is sent to them, in the end none of them gets more.
 * @param onRefused told of each stream for which there was no connection
 * @throws SmuxError
 */
export async function relayMany({ input, output, connect }: Relay, onRefused: () => void): Promise<void> {
  output.setMaxListeners(0); // each stream waits for it by itself
  const streams = new Map<number, MuxStream>();
  let waiting = 0;
  let wake: (() => void) | undefined;
  const taken = (bytes: number) => {
    waiting -= bytes;
    if (waiting <= mostWaiting) wake?.();
  };
  const send = (frame: Buffer) => write(output, frame);

  const handle = async ({ command, stream: id, data }: SmuxFrame) => {
    const known = streams.get(id);
    if (command === "SYN" && known === undefined && streams.size < mostStreams) {
      const opened = new MuxStream(taken);
      streams.set(id, opened);
      void open(id, opened);
    } else if (command === "PSH" && known !== undefined) {
      waiting += data.length;
      known.push(Buffer.from(data));
    } else if (command === "FIN") {
      known?.finish();
    } else if (command === "SYN") {
      await send(encodeSmux("FIN", id));
    } else if (command === "NOP") {
      await send(encodeSmux("NOP", 0));
    }
  };
  const open = async (id: number, opened: MuxStream) => {
    try {
      const socket = await connect();
      opened.attach(socket);
      await pour(socket, async (chunk) => {
        for (let at = 0; at < chunk.length; at += smuxDataBytes)
          await send(encodeSmux("PSH", id, chunk.subarray(at, at + smuxDataBytes)));
      });
    } catch {
      onRefused();
    }
    await send(encodeSmux("FIN", id));
    streams.delete(id);
    opened.drop();
  };

  const decoder = new SmuxDecoder();
  try {
    for await (const chunk of input) {
      for (const frame of decoder.push(chunk as Buffer)) await handle(frame);
      while (waiting > mostWaiting) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    for (const stream of streams.values()) stream.drop();
  }
}

/** What is on its way to one connection. */
class MuxStream {
  readonly #taken: (bytes: number) => void;
  #waiting: Buffer[] = [];
  #socket: Socket | undefined;
  #isFinished = false;
  #isDropped = false;

  constructor(taken: (bytes: number) => void) {
    this.#taken = taken;
  }

  push(data: Buffer): void {
    if (this.#isDropped || this.#isFinished) this.#taken(data.length);
    else if (this.#socket === undefined) this.#waiting.push(data);
    else this.#write(this.#socket, data);
  }

  /** The other side is through with it: what it has sent still goes out. */
  finish(): void {
    this.#isFinished = true;
    this.#socket?.destroySoon();
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    for (const data of this.#waiting.splice(0)) this.#write(socket, data);
    if (this.#isFinished) socket.destroySoon();
    if (this.#isDropped) socket.destroy();
  }

  drop(): void {
    this.#isDropped = true;
    for (const data of this.#waiting.splice(0)) this.#taken(data.length);
    this.#socket?.destroy();
  }

  #write(socket: Socket, data: Buffer): void {
    // Called back when the system has it, and when the connection has gone.
    socket.write(data, () => this.#taken(data.length));
  }
}

/** Hands on what a connection says until it has ended or broken. */
async function pour(socket: Socket, handOn: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of socket) await handOn(chunk as Buffer);
  } catch {
    socket.destroy();
  }
}

/** Resolves once there is room again. */
async function write(to: Writable, chunk: Buffer): Promise<void> {
  if (to.destroyed || to.write(chunk)) return;
  const enough = new AbortController();
  await Promise.race(["drain", "close"].map((event) => once(to, event, { signal: enough.signal }))).catch(
    () => undefined,
  );
  enough.abort();
}
