import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Server as TlsServer } from "node:tls";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { IdSource } from "../../platform/ids.ts";
import { hostNameOf, isLoopbackName } from "./browser-guard.ts";
import { type Dispatched, Dispatcher, type DispatcherDeps } from "./dispatch.ts";
import { limitSendingTime, type RawHandler, RawRequests } from "./raw-requests.ts";
import { HttpRefusal } from "./refusal.ts";
import { defaultMaxBodyBytes, readBody } from "./request-body.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import { StreamedAnswers } from "./streamed-answers.ts";
import { type StreamHandler, type StreamRight, Streams } from "./streams.ts";
import { type OpenUpgradeHandler, type SocketRight, type UpgradeHandler, Upgrades } from "./upgrades.ts";
import { wireRequest } from "./wire-request.ts";

export interface ServerOptions extends DispatcherDeps {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Whether `authenticate` lets anybody in. Such a server only starts on a loopback address. */
  readonly open: boolean;
  readonly ids: IdSource;
  readonly timeouts?: Partial<Timeouts>;
  /** Certificate and key, PEM; plain HTTP without. */
  readonly tls?: ListenerTls;
  /** Throws if the caller may not open a socket at this address, as `/acs/ws?containerInstanceArn=…`. */
  readonly requireSocketRight?: SocketRight;
  /** Throws if the caller may not read the stream at this path, as `/watch`. */
  readonly requireStreamRight?: StreamRight;
}

/** All in milliseconds. */
export interface Timeouts {
  /** For all headers of a request to arrive. */
  readonly headers: number;
  /** For the whole request to arrive. */
  readonly request: number;
  /** How long a connection may be idle between two requests. */
  readonly keepAlive: number;
  /** How long a connection may be silent while a request is on its way, either way. */
  readonly silence: number;
  /** How often the first two are looked at. */
  readonly checkEvery: number;
}
const defaultTimeouts: Timeouts = {
  headers: 15_000,
  request: 60_000,
  keepAlive: 75_000,
  silence: 120_000,
  checkEvery: 5_000,
};

/** Two sockets for each of 5,000 agents, and as many again for callers. */
const maxConnections = 20_000;
/** Connections that wait to be accepted. A thousand agents that all report at once open ten each; the kernel drops what is beyond. */
const backlog = 4096;

/** As Node's TLS takes them. */
export interface ListenerTls {
  readonly cert: string;
  readonly key: string;
}

export interface RunningServer {
  /** As `http://127.0.0.1:4577`. */
  readonly url: string;
  /** Takes another certificate for the connections that come; for a server that was started with one. */
  renewTls(tls: ListenerTls): void;
  /** From now on `handler` gets the WebSocket handshakes for `path`, once they are found to be signed well. */
  onUpgrade(path: string, handler: UpgradeHandler): void;
  /** The same for all paths that begin with `prefix`, whether they are signed or not. */
  onOpenUpgrade(prefix: string, handler: OpenUpgradeHandler): void;
  /** From now on `handler` answers GET requests for `path`, once they are found to be signed well. */
  onStream(path: string, handler: StreamHandler): void;
  /** From now on `handler` gets all requests below `prefix`, as `/v2/`, with their bodies as streams and whoever sends them. */
  onRaw(prefix: string, handler: RawHandler): void;
  /** The same for all requests that `takes` says are for it, whatever their paths. */
  onMatch(takes: (request: IncomingMessage) => boolean, handler: RawHandler): void;
  /** Lets requests under way finish, then closes; connections that were upgraded and streams are cut at once. */
  close(): Promise<void>;
}

/** Opens the one listener. @throws Error if the port is taken, or if an open server is to listen beyond this machine. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { listen, services, authenticate, logger } = options;
  if (options.open && !isLoopbackName(listen.host)) {
    throw new Error(`With --auth open the server only listens on a loopback address, not on ${listen.host}.`);
  }
  const dispatcher = new Dispatcher(options);
  const upgrades = new Upgrades({ authenticate, logger, requireRight: options.requireSocketRight });
  const streams = new Streams({ authenticate, logger, requireRight: options.requireStreamRight });
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const app = createApp(timeouts, options.tls);
  const raw = new RawRequests();
  app.addHook("onRequest", (request, reply, next) => {
    if (raw.takes(request, reply)) return;
    limitSendingTime(request.raw, timeouts.request);
    next();
  });
  app.server.maxConnections = maxConnections;
  upgrades.listenTo(app.server);
  const streamed = new StreamedAnswers(options);
  serve(app, { dispatcher, streams, streamed }, options);
  await app.listen({ host: listen.host, port: listen.port, backlog });
  const { port } = app.server.address() as AddressInfo;
  for (const service of services) if (service.eager) dispatcher.warm(service);
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${listen.host.includes(":") ? `[${listen.host}]` : listen.host}:${port}`,
    renewTls: (tls) => {
      if (app.server instanceof TlsServer) app.server.setSecureContext(tls);
    },
    onUpgrade: (path, handler) => upgrades.on(path, handler),
    onOpenUpgrade: (prefix, handler) => upgrades.onOpen(prefix, handler),
    onStream: (path, handler) => streams.on(path, handler),
    onRaw: (prefix, handler) => raw.on(prefix, handler),
    onMatch: (takes, handler) => raw.onMatch(takes, handler),
    async close() {
      upgrades.destroyAll();
      streams.destroyAll();
      streamed.destroyAll();
      raw.destroyAll();
      await app.close();
    },
  };
}

type App = ReturnType<typeof createApp>;

function createApp(timeouts: Timeouts, tls: ListenerTls | undefined) {
  const app = fastify({
    // Fastify's types tell the two kinds of server apart; here they are used alike.
    ...((tls === undefined ? {} : { https: tls }) as object),
    logger: false,
    connectionTimeout: timeouts.silence,
    requestTimeout: 0, // see limitSendingTime
    keepAliveTimeout: timeouts.keepAlive,
    forceCloseConnections: "idle",
    http: { headersTimeout: timeouts.headers, connectionsCheckingInterval: timeouts.checkEvery },
  });
  // Bodies are read below, as bytes: a signature is over those, and how to read them depends on other headers.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  return app;
}

function serve(
  app: App,
  {
    dispatcher,
    streams,
    streamed,
  }: { readonly dispatcher: Dispatcher; readonly streams: Streams; readonly streamed: StreamedAnswers },
  { services, ids, logger }: ServerOptions,
): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    if (streams.takes(request, reply)) return reply;
    const started = performance.now();
    const requestId = ids.uuid();
    const dispatched = await handle(request, requestId);
    const { status, headers, body } = dispatched.response;
    const { response: _, ...fields } = dispatched;
    const durationMs = Math.round((performance.now() - started) * 100) / 100;
    logger[status >= 400 ? "info" : "debug"]({ requestId, ...fields, status, durationMs }, "request answered");
    if (status === 413) reply.header("connection", "close"); // what is still coming is of no use
    return reply
      .code(status)
      .headers(headers)
      .send(typeof body === "string" ? body : streamed.body(body, reply.raw));
  };

  const handle = async ({ raw }: FastifyRequest, requestId: string): Promise<Dispatched> => {
    try {
      const limit = bodyLimit(services, raw.headers["x-amz-target"]);
      const body = raw.method === "GET" || raw.method === "HEAD" ? Buffer.alloc(0) : await readBody(raw, limit);
      const request = wireRequest(raw, body);
      const { remoteAddress } = request;
      const endpoint = endpointOf(app, raw.headers.host);
      const details = {
        requestId,
        endpoint,
        connection: raw.socket,
        ...(remoteAddress === undefined ? {} : { remoteAddress }),
      };
      const dispatched = await dispatcher.dispatch(request, details);
      return dispatched ?? dispatcher.refuse(request, nothingAt(request.path), requestId);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      return dispatcher.refuse(wireRequest(raw, new Uint8Array()), error, requestId);
    }
  };

  app.get("/healthz", async (_request, reply) => reply.code(200).send({ status: "ok" }));
  app.route({ method: ["GET", "POST"], url: "/", handler: answer });
  app.setNotFoundHandler(answer);
  app.setErrorHandler(async (error, _request, reply) => {
    logger.warn({ err: error }, "request broken off");
    return reply
      .code(400)
      .header("connection", "close")
      .send({ __type: "BadRequestException", message: "Bad request." });
  });
}

const nothingAt = (path: string) =>
  new HttpRefusal({
    name: "UnknownOperationException",
    message: `There is no AWS operation in the request, or nothing at ${path}.`,
    status: 404,
  });

function bodyLimit(services: readonly ServiceDefinition[], target: string | readonly string[] | undefined): number {
  const service =
    typeof target === "string" ? services.find((each) => target.startsWith(`${each.target}.`)) : undefined;
  return service?.maxBodyBytes ?? defaultMaxBodyBytes;
}

/** The address under which the caller reached us, for answers that name further addresses of ours. */
function endpointOf(app: App, host: string | undefined): string {
  const scheme = app.server instanceof TlsServer ? "https" : "http";
  if (host !== undefined && isPlainHost(host)) return `${scheme}://${host}`;
  const address = app.server.address() as AddressInfo;
  return `${scheme}://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

function isPlainHost(host: string): boolean {
  if (host === lastPlainHost) return true;
  const isPlain = /^[\w.:[\]-]+$/.test(host) && hostNameOf(host) !== "";
  if (isPlain) lastPlainHost = host;
  return isPlain;
}

/** Nearly all callers know the house by one name. */
let lastPlainHost: string | undefined;
