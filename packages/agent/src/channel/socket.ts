import type { Connection } from "@hatoba/contract";
import { type RawData, WebSocket } from "ws";
import type { Signer } from "./signer.ts";

/** The control plane did not let us in; `refusal` is its exception's name if it said one. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  readonly refusal: string | undefined;
  constructor(message: string, refusal: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.refusal = refusal;
  }
}

/** Longest for connecting and the handshake. Source: agent protocol, section 3.1. */
const handshakeTimeoutMs = 30_000;

/**
 * Opens a signed WebSocket to `ENDPOINT/ws`. @param endpoint http, https, ws or wss
 * @throws HandshakeError
 */
export const openSocket: Open<Connection> = (...where) => dial(...where, socketConnection);

/** The same, for messages of bytes. */
export const openByteSocket: Open<ByteConnection> = (...where) => dial(...where, byteConnection);

type Open<T> = (endpoint: string, parameters: Readonly<Record<string, string>>, signer: Signer) => Promise<T>;

/** A connection whose messages are bytes. Listeners as of Connection. */
export interface ByteConnection {
  send(bytes: Uint8Array): void;
  onMessage(listener: (bytes: Uint8Array) => void): void;
  onClose(listener: () => void): void;
  /** Closes once what was sent has gone out. */
  close(): void;
}

async function dial<T>(
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  signer: Signer,
  connectionOf: (socket: WebSocket) => T,
): Promise<T> {
  const url = new URL(`${endpoint.replace(/\/+$/, "")}/ws`);
  url.search = new URLSearchParams(Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))).toString();
  const headers = await signer.sign({ method: "GET", url, headers: {} }, "ecs");
  url.protocol = url.protocol.replace(/^http/, "ws");
  const socket = new WebSocket(url, { headers, handshakeTimeout: handshakeTimeoutMs, perMessageDeflate: false });
  const connection = connectionOf(socket); // listens from the first message on
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  socket.once("open", () => resolve(connection));
  socket.once("error", (error) => reject(new HandshakeError(error.message, undefined, { cause: error })));
  socket.once("unexpected-response", (_request, response) => {
    let body = "";
    response.setTimeout(handshakeTimeoutMs, () => response.destroy()); // said no, and does not come to an end
    response.on("error", () => response.destroy());
    response.on("data", (chunk: Buffer) => {
      body = (body + chunk.toString()).slice(0, 10_000);
    });
    response.once("close", () => {
      reject(new HandshakeError(`refused with ${response.statusCode}: ${body}`, /"(\w+Exception)"/.exec(body)?.[1]));
      socket.terminate();
    });
  });
  return await promise;
}

function socketConnection(socket: WebSocket): Connection {
  const early: string[] = [];
  let listener: ((text: string) => void) | undefined;
  let closed: readonly [number, string] | undefined;
  let closeListener: ((code: number, reason: string) => void) | undefined;
  socket.on("error", () => socket.terminate());
  socket.on("message", (data: RawData) => {
    if (listener === undefined) early.push(textOf(data));
    else listener(textOf(data));
  });
  socket.once("close", (code, reason) => {
    closed = [code, reason.toString()];
    closeListener?.(...closed);
  });
  return {
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text);
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    onMessage(callback) {
      listener = callback;
      for (const text of early.splice(0)) callback(text);
    },
    onClose(callback) {
      closeListener = callback;
      if (closed !== undefined) callback(...closed);
    },
    close: (code, reason) => socket.close(code, reason.slice(0, 120)),
  };
}

function byteConnection(socket: WebSocket): ByteConnection {
  const early: Buffer[] = [];
  let listener: ((bytes: Uint8Array) => void) | undefined;
  socket.on("error", () => socket.terminate());
  socket.on("message", (data: RawData) => {
    if (listener === undefined) early.push(bytesOf(data));
    else listener(bytesOf(data));
  });
  return {
    send(bytes) {
      if (socket.readyState === socket.OPEN) socket.send(bytes);
    },
    onMessage(callback) {
      listener = callback;
      for (const bytes of early.splice(0)) callback(bytes);
    },
    onClose(callback) {
      if (socket.readyState === socket.CLOSED) callback();
      else socket.once("close", callback);
    },
    close: () => socket.close(1000),
  };
}

const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
const textOf = (data: RawData): string => bytesOf(data).toString();
