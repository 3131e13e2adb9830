import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../../platform/logger.ts";
import type { Caller } from "../operation-context.ts";
import type { Authenticator } from "./authenticator.ts";
import { describeFailure } from "./describe-failure.ts";
import { wireRequest } from "./wire-request.ts";

/** Answers a GET for as long as it likes. The caller is known; nothing was written yet. */
export type StreamHandler = (request: IncomingMessage, response: ServerResponse) => void;
/** Throws if the caller may not read what is at this path. */
export type StreamRight = (caller: Caller, path: string) => void;

/** Hands GET requests whose answer does not end to whoever has asked for their path. They are signed like an ECS call. */
export class Streams {
  private readonly handlers = new Map<string, StreamHandler>();
  private readonly open = new Set<ServerResponse>();
  private readonly authenticate: Authenticator;
  private readonly logger: Logger;
  private readonly requireRight: StreamRight | undefined;

  constructor(deps: {
    readonly authenticate: Authenticator;
    readonly logger: Logger;
    readonly requireRight?: StreamRight | undefined;
  }) {
    this.authenticate = deps.authenticate;
    this.logger = deps.logger;
    this.requireRight = deps.requireRight;
  }

  /** From now on `handler` gets what is asked at `path`, as `/watch`. */
  on(path: string, handler: StreamHandler): void {
    this.handlers.set(path, handler);
  }

  /** Whether the request is one of these; then it is being answered, or refused. */
  takes({ raw, method }: FastifyRequest, reply: FastifyReply): boolean {
    const request = wireRequest(raw, new Uint8Array());
    const handler = method === "GET" ? this.handlers.get(request.path) : undefined;
    if (handler === undefined) return false;
    reply.hijack();
    void this.answer(raw, reply.raw, handler);
    return true;
  }

  /** Cuts what is still being answered. */
  destroyAll(): void {
    for (const response of this.open) response.destroy();
  }

  private async answer(raw: IncomingMessage, response: ServerResponse, handler: StreamHandler): Promise<void> {
    this.open.add(response);
    response.once("close", () => this.open.delete(response));
    response.on("error", () => response.destroy());
    const request = wireRequest(raw, new Uint8Array());
    try {
      const caller = await this.authenticate(request, { signingName: "ecs" });
      this.requireRight?.(caller, request.path);
      if (!response.destroyed) handler(raw, response);
    } catch (error) {
      const failure = describeFailure(error, { service: undefined, operation: request.path }, "awsJson1_1", "");
      this.logger[failure.status >= 500 ? "error" : "info"]({ err: error, path: request.path }, "stream refused");
      const body = JSON.stringify({ __type: failure.name, message: failure.message });
      response.writeHead(failure.status, { "content-type": "application/json", connection: "close" }).end(body);
    }
  }
}
