import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "../../platform/logger.ts";
import type { Caller } from "../operation-context.ts";
import type { Authenticator } from "./authenticator.ts";
import { describeFailure } from "./describe-failure.ts";
import { wireRequest } from "./wire-request.ts";

/** Takes over a connection whose request asks for another protocol. The caller is known; nothing was answered yet. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller) => void;
/** The same where nobody signs: who it is shows only in what comes over the socket. `rest` is the path behind the prefix. */
export type OpenUpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, rest: string) => void;

/** Throws if the caller may not open a socket at this address. */
export type SocketRight = (caller: Caller, url: string) => void;

/** Hands requests for a WebSocket to whoever has asked for their path. The handshake is signed like an ECS call. */
export class Upgrades {
  private readonly handlers = new Map<string, UpgradeHandler>();
  private readonly openHandlers = new Map<string, OpenUpgradeHandler>();
  private readonly sockets = new Set<Duplex>();
  private readonly authenticate: Authenticator;
  private readonly logger: Logger;
  private readonly requireRight: SocketRight | undefined;

  constructor({
    authenticate,
    logger,
    requireRight,
  }: {
    readonly authenticate: Authenticator;
    readonly logger: Logger;
    readonly requireRight?: SocketRight | undefined;
  }) {
    this.authenticate = authenticate;
    this.logger = logger;
    this.requireRight = requireRight;
  }

  /** From now on `handler` gets the handshakes for `path`, as `/acs/ws`. */
  on(path: string, handler: UpgradeHandler): void {
    this.handlers.set(path, handler);
  }

  /** From now on `handler` gets the handshakes for every path that begins with `prefix`, signed or not. */
  onOpen(prefix: string, handler: OpenUpgradeHandler): void {
    this.openHandlers.set(prefix, handler);
  }

  listenTo(server: Server): void {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      void this.take(request, socket, head);
    });
  }

  /** Cuts what is still connected. */
  destroyAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async take(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const request = wireRequest(incoming, new Uint8Array());
    for (const [prefix, handle] of this.openHandlers) {
      if (request.path.startsWith(prefix)) return handle(incoming, socket, head, request.path.slice(prefix.length));
    }
    const handler = this.handlers.get(request.path);
    if (handler === undefined) return answer(socket, 404, { NotFoundException: `Nothing listens at ${request.path}.` });
    try {
      const caller = await this.authenticate(request, { signingName: "ecs" });
      this.requireRight?.(caller, incoming.url ?? "/");
      if (!socket.destroyed) handler(incoming, socket, head, caller);
    } catch (error) {
      const failure = describeFailure(error, { service: undefined, operation: request.path }, "awsJson1_1", "");
      this.logger[failure.status >= 500 ? "error" : "info"]({ err: error, path: request.path }, "handshake refused");
      answer(socket, failure.status, { [failure.name]: failure.message });
    }
  }
}

/** The agent reads a refused handshake as `{"ExceptionName": "message"}`. Source: agent-protocol, section 3.1. */
function answer(socket: Duplex, status: number, body: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${status === 404 ? "Not Found" : "Refused"}`,
    "Connection: close",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}
