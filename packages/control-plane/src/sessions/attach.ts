import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { ByteConnection } from "./byte-connection.ts";
import type { SessionRegistry } from "./session-registry.ts";

/** Clients send at most some 64 KiB at once, agents at most a window. */
const maxMessageBytes = 512 * 1024;

/** Whoever hands over handshakes. */
export interface SessionHandshakes {
  onUpgrade(path: string, handler: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void;
  onOpenUpgrade(
    prefix: string,
    handler: (request: IncomingMessage, socket: Duplex, head: Buffer, rest: string) => void,
  ): void;
}

/**
 * From now on clients can open their sessions at `/v1/data-channel/SESSION-ID`, and agents their links at `/sessions/ws`.
 * Clients need not sign: the token in their first message is what counts. Newer ones sign, for the service `ssmmessages`;
 * nobody looks at it.
 */
export function attachSessions(handshakes: SessionHandshakes, registry: SessionRegistry): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  handshakes.onOpenUpgrade("/v1/data-channel/", (request, socket, head, sessionId) => {
    const { remoteAddress = "" } = request.socket;
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      registry.acceptClient(sessionId, byteConnection(webSocket), remoteAddress),
    );
  });
  handshakes.onUpgrade("/sessions/ws", (request, socket, head) => {
    const said = new URL(request.url ?? "/", "http://localhost").searchParams;
    const link = {
      sessionId: said.get("sessionId") ?? "",
      token: said.get("token") ?? "",
      containerInstanceArn: said.get("containerInstanceArn") ?? "",
    };
    sockets.handleUpgrade(request, socket, head, (webSocket) => registry.acceptLink(link, byteConnection(webSocket)));
  });
}

/** A WebSocket as the sessions see it. */
function byteConnection(socket: WebSocket): ByteConnection {
  const early: Uint8Array[] = [];
  let onBytes = (bytes: Uint8Array): void => void early.push(bytes);
  let onAlive = () => {};
  let onClose = () => {};
  let closed = false;
  socket.on("error", () => socket.terminate()); // a close follows, which is what is listened to
  socket.on("message", (data: RawData) => onBytes(bytesOf(data)));
  socket.on("ping", () => onAlive());
  socket.on("pong", () => onAlive());
  socket.once("close", () => {
    closed = true;
    onClose();
  });
  return {
    send(bytes) {
      if (socket.readyState === socket.OPEN) socket.send(bytes);
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    ping() {
      if (socket.readyState === socket.OPEN) socket.ping();
    },
    onBytes(listener) {
      onBytes = listener;
      for (const bytes of early.splice(0)) listener(bytes);
    },
    onAlive(listener) {
      onAlive = listener;
    },
    onClose(listener) {
      onClose = listener;
      if (closed) listener();
    },
    close: (code, reason) => socket.close(code, reason.slice(0, 120)),
  };
}

const bytesOf = (data: RawData): Uint8Array =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;
