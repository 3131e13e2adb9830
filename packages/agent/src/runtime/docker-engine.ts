import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type EngineAddress, engineAddress } from "./docker-address.ts";

/** The engine answered and said no. `message` is its own text, as it stands after "Error response from daemon: ". */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** HTTP status of the answer. */
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** No answer: the engine is not running, its socket is closed to us, or it went away in the middle. */
export class EngineUnreachable extends Error {
  override readonly name = "EngineUnreachable";
}

/** No answer within the time given. */
export class EngineTimeout extends Error {
  override readonly name = "EngineTimeout";
  readonly afterMs: number;
  constructor(afterMs: number) {
    super(`no answer from the container engine within ${afterMs / 1000} s`);
    this.afterMs = afterMs;
  }
}

export interface EngineRequest {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, with this type, in place of `body`. */
  readonly raw?: { readonly type: string; readonly content: AsyncIterable<Uint8Array> | Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Longest silence, in milliseconds; without it there is no limit. */
  readonly timeoutMs?: number;
}

/**
 * The HTTP client of a container engine that speaks Docker's Engine API (Docker, Podman's compatible socket).
 * Paths carry no version: the engine answers in its newest, and what this house uses is the same in all since 1.41.
 * Connections are kept alive; every method may throw EngineError, EngineUnreachable or EngineTimeout.
 */
export class DockerEngine {
  readonly address: EngineAddress;
  readonly #agent: http.Agent;

  /** @param dockerHost as the variable DOCKER_HOST spells it; without it the default socket. */
  constructor(dockerHost?: string) {
    this.address = engineAddress(dockerHost);
    const options = { keepAlive: true, maxFreeSockets: 16, timeout: 0 };
    this.#agent =
      this.address.tls === undefined
        ? new http.Agent(options)
        : new https.Agent({ ...options, ...tls(this.address.tls.certificates) });
  }

  /** Closes idle connections; calls under way end with EngineUnreachable. */
  close(): void {
    this.#agent.destroy();
  }

  /** Sends a request and reads the whole answer. @returns its JSON, or undefined if the answer has no body. */
  async call<T>(method: string, path: string, request: EngineRequest = {}): Promise<T> {
    const response = await this.stream(method, path, request);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of response) chunks.push(chunk as Buffer);
    } catch (error) {
      throw unreachable(this.address, error);
    }
    const text = Buffer.concat(chunks).toString();
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** Sends a request and hands over the answer's body as it comes, once the engine has said yes. */
  async stream(method: string, path: string, request: EngineRequest = {}): Promise<http.IncomingMessage> {
    const response = await this.#send(method, path, request, true);
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    throw new EngineError(
      status,
      engineMessage(await refusal(response)) ?? `${method} ${path} was answered with status ${status}`,
    );
  }

  /**
   * Sends a request whose answer turns a connection of its own into a two-way stream of bytes, which is the caller's to
   * close. Nothing is read from it before the caller does.
   */
  async upgrade(method: string, path: string, body: unknown, timeoutMs: number): Promise<Duplex> {
    const content = Buffer.from(JSON.stringify(body));
    const { tls: secure, connect } = this.address;
    const options: https.RequestOptions = {
      ...connect,
      ...(secure === undefined ? {} : tls(secure.certificates)),
      method,
      path,
      agent: false,
      headers: {
        host: "engine",
        connection: "Upgrade",
        upgrade: "tcp",
        "content-type": "application/json",
        "content-length": content.length,
      },
    };
    const sent = secure === undefined ? http.request(options) : https.request(options);
    const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
    const timer = setTimeout(() => sent.destroy(new EngineTimeout(timeoutMs)), timeoutMs);
    sent.on("error", (error) => reject(error instanceof EngineTimeout ? error : unreachable(this.address, error)));
    sent.on("upgrade", (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.on("response", (response) => {
      refusal(response).then((text) => {
        const message = engineMessage(text) ?? `${method} ${path} was not upgraded`;
        reject(new EngineError(response.statusCode ?? 0, message));
      }, reject);
    });
    sent.end(content);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands over an archive in the form of `docker save`. @returns the engine's progress, which has to be read to its end. */
  loadImage(archive: AsyncIterable<Uint8Array>): Promise<http.IncomingMessage> {
    const raw = { type: "application/x-tar", content: archive };
    return this.stream("POST", "/images/load", { query: { quiet: true }, raw });
  }

  async #send(method: string, path: string, request: EngineRequest, mayRepeat: boolean): Promise<http.IncomingMessage> {
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const options: https.RequestOptions = {
      ...this.address.connect,
      method,
      path: path + queryString(request.query),
      agent: this.#agent,
      headers: {
        host: "engine",
        ...(body === undefined ? {} : { "content-type": "application/json", "content-length": body.length }),
        ...(request.raw === undefined ? {} : { "content-type": request.raw.type }),
        ...request.headers,
      },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
    const sent = this.address.tls === undefined ? http.request(options) : https.request(options);
    const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
      sent.on("response", resolve);
      sent.on("error", reject);
      if (request.timeoutMs !== undefined) {
        const limit = request.timeoutMs;
        sent.setTimeout(limit, () => sent.destroy(new EngineTimeout(limit)));
      }
    });
    try {
      if (request.raw === undefined) sent.end(body);
      else await writeAll(sent, request.raw.content);
      return await answer;
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof EngineTimeout) throw error;
      // A kept connection that the engine closed meanwhile says nothing about the engine: one try on a new one.
      if (mayRepeat && sent.reusedSocket && request.raw === undefined) return this.#send(method, path, request, false);
      throw unreachable(this.address, error);
    }
  }
}

async function refusal(response: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += (chunk as Buffer).toString();
  return text;
}

async function writeAll(sent: http.ClientRequest, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<void> {
  if (content instanceof Uint8Array) {
    sent.end(content);
    return;
  }
  for await (const chunk of content) {
    if (!sent.write(chunk)) await new Promise<void>((resolve) => sent.once("drain", resolve).once("close", resolve));
    if (sent.destroyed) return;
  }
  sent.end();
}

function engineMessage(text: string): string | undefined {
  try {
    const { message, cause } = JSON.parse(text) as { message?: unknown; cause?: unknown };
    if (typeof message === "string") return message.trim();
    return typeof cause === "string" ? cause : undefined;
  } catch {
    return text.trim() === "" ? undefined : text.trim();
  }
}

function queryString(query: EngineRequest["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

function unreachable(address: EngineAddress, cause: unknown): EngineUnreachable {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new EngineUnreachable(
    `Cannot connect to the Docker daemon at ${address.url}. Is the docker daemon running? (${why})`,
    { cause },
  );
}

function tls(directory: string | undefined): https.AgentOptions {
  if (directory === undefined) return {};
  const read = (file: string) => readFileSync(join(directory, file));
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
