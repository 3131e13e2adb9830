import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TLSSocket } from "node:tls";
import type { ObjectStore } from "../../object-store/object-store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Settings } from "../../settings.ts";
import type { Call } from "../http/dispatch.ts";
import type { RawHandler } from "../http/raw-requests.ts";
import { HttpRefusal } from "../http/refusal.ts";
import { wireRequest } from "../http/wire-request.ts";
import { s3Action } from "../rights/s3-rights.ts";
import { credentialScopeOf } from "../wire/credential-scope.ts";
import { operationSchemas } from "../wire/operation-schema.ts";
import { addressOf, bucketOfHost } from "./address.ts";
import type { S3Authenticator } from "./authenticate.ts";
import { bodyOf } from "./body.ts";
import { headersOf } from "./request-headers.ts";
import { rightsInput } from "./rights-input.ts";
import { operationOf } from "./route.ts";
import { accessDenied, invalidArgument, notImplemented, S3Error } from "./s3-error.ts";
import type { S3Answer, S3Context, S3Operation, S3Request } from "./s3-request.ts";
import { s3Service } from "./service.ts";
import { oldClaimOf } from "./signature-v2.ts";
import { writeError } from "./xml.ts";

export interface ObjectSurface {
  readonly objects: ObjectStore;
  readonly authenticate: S3Authenticator;
  /** Names of this house under which buckets may stand as further names, as `localhost`. */
  readonly hostNames: readonly string[];
  readonly requireRight: (call: Call) => void;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Settings;
  readonly logger: Logger;
}
interface Front {
  onMatch(takes: (request: IncomingMessage) => boolean, handler: RawHandler): void;
}

/**
 * From now on S3's clients are answered: what is signed for S3, and what is not signed at all but is for a bucket that there is.
 * Source: S3 API reference.
 */
export function attachObjects(server: Front, surface: ObjectSurface): void {
  const takes = (request: IncomingMessage) => {
    const wire = wireRequest(request, new Uint8Array());
    const scope = credentialScopeOf(wire);
    if (scope !== undefined) return scope.service === "s3";
    if (oldClaimOf(wire) !== undefined) return true;
    if (request.headers.authorization !== undefined || request.headers["x-amz-target"] !== undefined) return false;
    if (isOfTheHouse(wire.path)) return false;
    const named = bucketOfHost(request.headers.host, surface.hostNames) ?? wire.path.split("/")[1] ?? "";
    return named !== "" && surface.objects.bucket(named) !== undefined;
  };
  const loaded = once(async () => {
    const { sdk, operations } = await s3Service.load();
    return { schema: operationSchemas(sdk), operations: operations as unknown as Operations };
  });
  server.onMatch(takes, (request, response) => void serve(request, response, { surface, loaded }));
}

/** Paths that are asked for without a signature; buckets and keys of such names are reached with one. */
const isOfTheHouse = (path: string) => path === "/healthz" || path === "/v2" || path.startsWith("/v2/");

type Operations = Readonly<Record<string, S3Operation | { readonly notBuilt: string }>>;
interface Served {
  readonly surface: ObjectSurface;
  readonly loaded: () => Promise<{ readonly schema: S3Context["schema"]; readonly operations: Operations }>;
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { logger, ids } = served.surface;
  const started = performance.now();
  const requestId = ids.uuid();
  const log: { operation?: string; error?: string } = {};
  try {
    const answer = await answerOf(request, requestId, served, (operation) => {
      log.operation = operation;
    });
    await send(request, response, answer, requestId);
  } catch (error) {
    const isGone = response.destroyed || (request.destroyed && !request.complete);
    const known = asS3(error);
    log.error = known?.code ?? "InternalError";
    if (known === undefined && !isGone) logger.error({ err: error, requestId }, "object request failed");
    if (response.headersSent || isGone) response.destroy();
    else refuse(request, response, known ?? internal(requestId), requestId);
  }
  const durationMs = Math.round((performance.now() - started) * 100) / 100;
  const { statusCode: status } = response;
  const level = status >= 400 && status !== 404 ? "info" : "debug";
  logger[level]({ requestId, service: "S3", ...log, status, durationMs }, "object request answered");
}

async function answerOf(
  raw: IncomingMessage,
  requestId: string,
  { surface, loaded }: Served,
  onOperation: (name: string) => void,
): Promise<S3Answer> {
  const wire = wireRequest(raw, new Uint8Array());
  const hostBucket = bucketOfHost(raw.headers.host, surface.hostNames);
  const { bucket, key, isVirtualHost } = addressOf(wire.path, hostBucket);
  const headers = headersOf(wire);
  const query = new URLSearchParams(wire.query);
  const asked = { method: wire.method, hasBucket: bucket !== "", hasKey: key !== "", query };
  const operation = operationOf({ ...asked, isCopy: headers["x-amz-copy-source"] !== undefined });
  const { caller, chunks } = surface.authenticate(wire, hostBucket);
  if (operation === undefined) {
    throw new S3Error("MethodNotAllowed", "The specified method is not allowed against this resource.", 405, {
      Method: wire.method,
    });
  }
  onOperation(operation);
  const { schema, operations } = await loaded();
  const built = operations[operation];
  if (typeof built !== "function") {
    throw notImplemented(`${built?.notBuilt ?? `Hatoba does not have ${operation} of S3.`} See docs/compatibility.md.`);
  }
  const endpoint = `${raw.socket instanceof TLSSocket ? "https" : "http"}://${raw.headers.host ?? "localhost"}`;
  const { remoteAddress } = wire;
  const userAgent = headers["user-agent"];
  const details = {
    requestId,
    endpoint,
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
  const requireRight = (named: string, input: Readonly<Record<string, unknown>>) =>
    surface.requireRight({ action: s3Action(named), caller, service: s3Service, operation: named, input, details });
  const request: S3Request = {
    method: wire.method,
    bucket,
    key,
    query,
    headers,
    body: bodyOf(raw, chunks),
    caller,
    bucketUrl: isVirtualHost ? endpoint : `${endpoint}/${bucket}`,
  };
  if (operation !== "DeleteObjects") requireRight(operation, rightsInput(operation, request)); // that one asks for each key
  const { objects, clock, ids, settings } = surface;
  return built(request, { objects, clock, ids, settings, schema, requireRight });
}

/** An object that is a page must not speak as this house's own: with `--auth open` its scripts could call everything. */
const notOurOrigin = { "content-security-policy": "sandbox allow-scripts", "x-content-type-options": "nosniff" };
const common = (requestId: string) => ({
  "x-amz-request-id": requestId,
  "x-amz-id-2": requestId,
  server: "AmazonS3",
  ...notOurOrigin,
});

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, headers = {}, body }: S3Answer,
  requestId: string,
): Promise<void> {
  const own = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const unsendable = own.find(([, value]) => /[^\t\x20-\x7e\x80-\xff]/.test(String(value)));
  if (unsendable !== undefined) {
    if (typeof body === "object") await body[Symbol.asyncIterator]().return?.();
    throw invalidArgument("Header value cannot be represented.", unsendable[0], "");
  }
  const isEmpty = body === undefined && status !== 204 && status !== 304 && headers["content-length"] === undefined;
  const length =
    typeof body === "string" ? { "content-length": Buffer.byteLength(body) } : isEmpty ? { "content-length": 0 } : {};
  response.writeHead(status, { ...common(requestId), ...length, ...Object.fromEntries(own) });
  if (typeof body === "object" && request.method !== "HEAD")
    await pipeline(Readable.from(body, { objectMode: false }), response);
  else response.end(request.method === "HEAD" ? undefined : body);
}

/** What is still coming is of no use. */
function refuse(request: IncomingMessage, response: ServerResponse, error: S3Error, requestId: string): void {
  const resource = (request.url ?? "/").split("?")[0] ?? "/";
  const body = writeError(error, resource, requestId);
  const region = error.members["Region"];
  response.writeHead(error.status, {
    ...common(requestId),
    ...(region === undefined ? {} : { "x-amz-bucket-region": region }),
    "content-type": "application/xml",
    ...(request.complete ? {} : { connection: "close" }),
    ...(request.method === "HEAD" ? {} : { "content-length": Buffer.byteLength(body) }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
  request.resume();
}

function asS3(error: unknown): S3Error | undefined {
  if (error instanceof S3Error) return error;
  return error instanceof HttpRefusal ? accessDenied(error.message) : undefined;
}

const internal = (requestId: string) =>
  new S3Error("InternalError", `Hatoba failed. Its log has the cause, under request id ${requestId}.`, 500);
