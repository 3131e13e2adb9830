import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "../platform/logger.ts";
import { type Answer, plain, type Question } from "./answer.ts";

/** Longest that a request may take to arrive, in milliseconds. Source: agent protocol §6.1. */
const requestLimitMs = 5000;
/** A question is a few lines of JSON at most. */
const mostBodyBytes = 64 * 1024;

export interface Listening {
  /** TCP, port 0 for any; or a path of a unix socket. */
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string };
}

/** A server of answers to questions. */
export class AnswerServer {
  readonly #server: Server;

  /** @param answer headers besides those of the answer may be returned with it */
  constructor(
    answer: (question: Question, request: IncomingMessage) => Promise<Answer & { readonly headers?: Headers }>,
    logger: Logger,
  ) {
    this.#server = createServer(
      { requestTimeout: requestLimitMs, headersTimeout: requestLimitMs },
      (request, response) => {
        respond(request, response, answer).catch((error: unknown) => {
          // Never the path: it may be the key to credentials.
          logger.error({ err: error, method: request.method }, "a container's question could not be answered");
          if (response.headersSent) response.destroy();
          else send(response, plain("", 500));
        });
      },
    );
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Rejects with the system's error, `EADDRINUSE` if the address is taken. */
  async listen(at: Listening["at"]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject).once("listening", resolve);
    try {
      if ("path" in at) this.#server.listen(at.path);
      else this.#server.listen(at.port, at.host);
      await promise;
    } finally {
      // Also after a failure: a place that others hold is tried again and again.
      this.#server.removeListener("error", reject).removeListener("listening", resolve);
    }
    this.#server.on("error", () => undefined);
    this.#server.unref(); // what keeps the process alive is its connection to the control plane
  }

  /** Of TCP. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

type Headers = Readonly<Record<string, string>>;

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (question: Question, request: IncomingMessage) => Promise<Answer & { readonly headers?: Headers }>,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return send(response, plain("", 413), { connection: "close" });
  const { headers, ...given } = await answer(questionOf(request, body), request);
  send(response, given, headers);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBodyBytes) return undefined;
  }
  return Buffer.concat(chunks).toString();
}

function questionOf(request: IncomingMessage, body: string): Question {
  const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s);
  const address = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return {
    method: request.method ?? "GET",
    path: path.replaceAll(/\/{2,}/g, "/"),
    query: new URLSearchParams(query),
    body,
    clientAddress: address,
    client: `${address}:${request.socket.remotePort ?? 0}`,
    userAgent: request.headers["user-agent"] ?? "",
  };
}

function send(response: ServerResponse, { status, type, body }: Answer, headers: Headers = {}): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body), ...headers });
  response.end(body);
}
