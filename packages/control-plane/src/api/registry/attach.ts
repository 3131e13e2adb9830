import type { IncomingMessage, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import type { IdSource } from "../../platform/ids.ts";
import type { Logger } from "../../platform/logger.ts";
import type { ImageRegistry } from "../../registry/image-registry.ts";
import type { Store } from "../../store/store.ts";
import type { Call } from "../http/dispatch.ts";
import type { RawHandler } from "../http/raw-requests.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import type { Caller } from "../operation-context.ts";
import { serveUpload, serveUploads } from "./blob-uploads.ts";
import { serveBlob } from "./blobs.ts";
import { DistributionRefusal, distributionErrorOf } from "./distribution-error.ts";
import { answer, answerJson, type Exchange, notAllowed } from "./exchange.ts";
import { serveCatalog, serveReferrers, serveTags } from "./lists.ts";
import { serveManifest } from "./manifests.ts";
import { parseRegistryPath, type RegistryPath } from "./path.ts";
import type { RegistryTokens } from "./registry-tokens.ts";
import { whoAsks } from "./who-asks.ts";

export interface RegistryDependencies {
  readonly registry: ImageRegistry;
  readonly tokens: RegistryTokens;
  readonly store: Store;
  readonly logger: Logger;
  /** Everybody on this machine is this one, as with `--auth open`. */
  readonly everybody?: Caller;
  readonly ids: IdSource;
  /** ECR, whose rights these are. */
  readonly service: ServiceDefinition;
  /** Throws HttpRefusal if the caller may not do this: `operation` is ECR's, with no more input than the repository's name. */
  readonly requireRight: (call: Call) => void;
}

/**
 * From now on Docker and its like can push and pull: the distribution protocol under `/v2/`, with the logins, rights and errors of
 * ECR. Source: OCI distribution specification 1.1; ECR user guide, "Private registry authentication".
 */
export function attachRegistry(
  server: { onRaw(prefix: string, handler: RawHandler): void },
  deps: RegistryDependencies,
): void {
  server.onRaw("/v2/", (request, response) => void serve(request, response, deps));
}

async function serve(request: IncomingMessage, response: ServerResponse, deps: RegistryDependencies): Promise<void> {
  const started = performance.now();
  const url = new URL(request.url ?? "/", "http://localhost");
  let code: string | undefined;
  try {
    await route(request, response, url, deps);
  } catch (error) {
    const known = distributionErrorOf(error);
    code = known?.code ?? "UNKNOWN";
    const isGone = request.destroyed && !request.complete;
    if (known === undefined && !isGone && !response.headersSent)
      deps.logger.error({ err: error }, "registry request failed");
    refuse(request, response, known);
  }
  const durationMs = Math.round((performance.now() - started) * 100) / 100;
  const { statusCode: status } = response;
  const fields = {
    method: request.method,
    path: url.pathname,
    status,
    durationMs,
    ...(code === undefined ? {} : { error: code }),
  };
  deps.logger[status >= 400 && status !== 401 && status !== 404 ? "info" : "debug"](
    fields,
    "registry request answered",
  );
}

/** What is still coming is of no use; of an answer that has begun nothing can be taken back. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: ReturnType<typeof distributionErrorOf>,
): void {
  if (response.headersSent) return void response.destroy();
  const { status, code, message, headers } = error ?? {
    status: 500,
    code: "UNKNOWN",
    message: "Hatoba failed. Its log has the cause.",
  };
  const closing = request.complete ? {} : { connection: "close" };
  const body = JSON.stringify({ errors: [{ code, message }] });
  answer({ request, response }, status, { "content-type": "application/json", ...closing, ...headers }, body);
  request.resume();
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams: query }: URL,
  deps: RegistryDependencies,
): Promise<void> {
  const { registry, tokens, everybody, store } = deps;
  const path = parseRegistryPath(pathname.slice("/v2".length));
  const isOpened = path?.kind === "blob" && opens(path, query.get("token"), tokens);
  const caller = isOpened
    ? undefined
    : whoAsks(request, { tokens, realm: addressOf, ...(everybody === undefined ? {} : { everybody }) });
  if (path === undefined) {
    throw new DistributionRefusal({ status: 404, code: "NAME_INVALID", message: "There is nothing at this path." });
  }
  const requireRight = (operation: string, repositoryName?: string) => {
    if (caller === undefined) return;
    const input = repositoryName === undefined ? {} : { repositoryName };
    deps.requireRight({ caller, service: deps.service, operation, input, details: detailsOf(request, deps.ids) });
  };
  const exchange: Exchange = { request, response, query, registry, requireRight };
  switch (path.kind) {
    case "base":
      if (request.method !== "GET" && request.method !== "HEAD") throw notAllowed(request.method);
      return answerJson(exchange, {});
    case "catalog":
      return serveCatalog(exchange, store.snapshot());
    case "tags":
      return serveTags(exchange, path, store.snapshot());
    case "referrers":
      return serveReferrers(exchange, path, store.snapshot());
    case "manifest":
      return serveManifest(exchange, path);
    case "blob":
      return serveBlob(exchange, path, isOpened);
    case "uploads":
      return serveUploads(exchange, path);
    case "upload":
      return serveUpload(exchange, path);
  }
}

const opens = (
  { name, digest }: Extract<RegistryPath, { kind: "blob" }>,
  token: string | null,
  tokens: RegistryTokens,
): boolean => token !== null && tokens.opensBlob(token, { repository: name, digest });

function detailsOf(request: IncomingMessage, ids: IdSource): Call["details"] {
  const { remoteAddress } = request.socket;
  const userAgent = request.headers["user-agent"];
  return {
    requestId: ids.uuid(),
    endpoint: addressOf(request),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}

/** Under which address the caller reached us. */
const addressOf = ({ headers: { host = "" }, socket }: IncomingMessage): string =>
  `${socket instanceof TLSSocket ? "https" : "http"}://${/^[\w.:[\]-]+$/.test(host) ? host : ""}`;
