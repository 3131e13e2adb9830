import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Answers requests as they come, bodies of any length as streams. Nobody has looked at who sends them. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Hands requests of whole other protocols, by the beginning of their paths, to whoever speaks them. */
export class RawRequests {
  readonly #handlers: { readonly takes: (request: IncomingMessage) => boolean; readonly handler: RawHandler }[] = [];
  readonly #open = new Set<ServerResponse>();

  /** From now on `handler` gets what is asked below `prefix`, as `/v2/`, and at it without its last slash. */
  on(prefix: string, handler: RawHandler): void {
    const takes = ({ url = "/" }: IncomingMessage) => {
      const path = url.split("?")[0] ?? "/";
      return path.startsWith(prefix) || `${path}/` === prefix;
    };
    this.#handlers.push({ takes, handler });
  }

  /** From now on `handler` gets what `takes` says is for it, also below the prefixes of others: `/v2/key` may be a bucket's. */
  onMatch(takes: (request: IncomingMessage) => boolean, handler: RawHandler): void {
    this.#handlers.unshift({ takes, handler });
  }

  /** Whether the request is one of these; then it is being answered. */
  takes({ raw }: FastifyRequest, reply: FastifyReply): boolean {
    const found = this.#handlers.find(({ takes }) => takes(raw));
    if (found === undefined) return false;
    reply.hijack();
    const response = reply.raw;
    this.#open.add(response);
    response.once("close", () => this.#open.delete(response));
    response.on("error", () => response.destroy());
    found.handler(raw, response);
    return true;
  }

  /** Cuts what is still being answered. */
  destroyAll(): void {
    for (const response of this.#open) response.destroy();
  }
}

/**
 * Hangs up on whoever has not sent the whole of a request within `milliseconds`. Node's own limit would be for all requests, and
 * what RawRequests takes may be long.
 */
export function limitSendingTime(request: IncomingMessage, milliseconds: number): void {
  const timer = setTimeout(() => {
    if (request.complete) return;
    request.socket.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
    request.destroy();
  }, milliseconds);
  timer.unref();
  request.once("close", () => clearTimeout(timer));
}
