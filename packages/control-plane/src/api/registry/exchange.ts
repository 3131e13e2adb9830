import type { IncomingMessage, ServerResponse } from "node:http";
import type { ImageRegistry } from "../../registry/image-registry.ts";
import { DistributionRefusal } from "./distribution-error.ts";

/** One request of the distribution protocol, and where its answer goes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly registry: ImageRegistry;
  /** Throws if the caller may not do this, named as an operation of ECR, with that repository. */
  readonly requireRight: (operation: string, repositoryName?: string) => void;
}

/** Answers without a body, or with a small one. */
export function answer(
  { request, response }: Pick<Exchange, "request" | "response">,
  status: number,
  headers: Readonly<Record<string, string | number>> = {},
  body?: string | Uint8Array,
): void {
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const none =
    body === undefined && status !== 204 && headers["content-length"] === undefined ? { "content-length": 0 } : {};
  response.writeHead(status, { "docker-distribution-api-version": "registry/2.0", ...none, ...length, ...headers });
  response.end(request.method === "HEAD" ? undefined : body);
}

export const answerJson = (exchange: Exchange, value: unknown, headers: Readonly<Record<string, string>> = {}): void =>
  answer(exchange, 200, { "content-type": "application/json", ...headers }, JSON.stringify(value));

/** A method that is not there for what is asked. */
export const notAllowed = (method: string | undefined): DistributionRefusal =>
  new DistributionRefusal({ status: 405, code: "UNSUPPORTED", message: `${method} is not supported here.` });
