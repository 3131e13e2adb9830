import type { Logger } from "../../platform/logger.ts";
import type { Caller, OperationContext } from "../operation-context.ts";
import { credentialScopeOf } from "../wire/credential-scope.ts";
import { type HttpRoutes, httpRoutes, type RoutedCall } from "../wire/http-routes.ts";
import { type OperationSchema, type OperationSchemas, operationSchemas } from "../wire/operation-schema.ts";
import type { Form, Protocol, WireError, WireRequest, WireResponse } from "../wire/protocol.ts";
import type { Authenticator } from "./authenticator.ts";
import { describeFailure } from "./describe-failure.ts";
import { type Located, locate } from "./locate.ts";
import { protocolFor } from "./protocols.ts";
import { HttpRefusal } from "./refusal.ts";
import { decompress } from "./request-body.ts";
import type { AnyOperation, LoadedService, ServiceDefinition } from "./service-definition.ts";

/** What the front door knows of a request beside its bytes. */
export interface RequestDetails {
  readonly requestId: string;
  /** As `http://127.0.0.1:4577`, by the Host header. */
  readonly endpoint: string;
  readonly remoteAddress?: string;
  /** Stands for the connection that it came over: the same object for all requests of one. */
  readonly connection?: object;
}

/** A call that is about to be made: signed well, and its input read. */
export interface Call {
  /** The action that policies know it by, where that is not service and operation. */
  readonly action?: string;
  readonly caller: Caller;
  readonly service: ServiceDefinition;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly details: RequestDetails & { readonly userAgent?: string };
}

export interface DispatcherDeps {
  readonly services: readonly ServiceDefinition[];
  readonly authenticate: Authenticator;
  readonly context: (caller: Caller, details: RequestDetails) => OperationContext;
  /** Throws if the caller may not make this call. Without it, whoever signs well may do everything. */
  readonly requireRight?: (call: Call) => void;
  readonly logger: Logger;
}

/** The answer, and what the log says about it. */
export interface Dispatched {
  readonly response: WireResponse;
  readonly service?: string;
  readonly operation?: string;
  readonly error?: string;
}

interface PreparedService extends LoadedService {
  readonly schemas: OperationSchemas;
  readonly routes: HttpRoutes;
}

/** A request whose operation is known. */
interface Resolved extends Partial<Pick<RoutedCall, "labels">> {
  readonly service: ServiceDefinition | undefined;
  readonly operation: string;
  readonly form?: Form;
}

/** Answers AWS requests: finds the service, checks the signature, reads the input, calls the operation, writes its output. */
export class Dispatcher {
  private readonly deps: DispatcherDeps;
  private readonly loading = new Map<ServiceDefinition, Promise<PreparedService>>();
  constructor(deps: DispatcherDeps) {
    this.deps = deps;
  }

  /** Brings in a service ahead of its first request; a failure shows with that request. */
  warm(service: ServiceDefinition): void {
    this.loaded(service).catch(() => undefined);
  }

  /** Never rejects. Undefined if it is no AWS request. */
  async dispatch(request: WireRequest, details: RequestDetails): Promise<Dispatched | undefined> {
    const located = locate(request, this.deps.services);
    if (located === undefined) return undefined;
    const protocol = protocolFor(located.service ?? located);
    const sdkId = located.service?.sdkId;
    let named = {
      operation: located.operation ?? `${request.method} ${request.path}`,
      ...(sdkId && { service: sdkId }),
    };
    try {
      const resolved = await this.resolve(located, request);
      named = { ...named, operation: resolved.operation };
      return { ...named, response: await this.answer(request, resolved, protocol, details) };
    } catch (error) {
      const failed = { service: located.service, operation: named.operation };
      const wireError = describeFailure(error, failed, protocol.name, details.requestId);
      if (wireError.status >= 500)
        this.deps.logger.error({ err: error, ...named, requestId: details.requestId }, "operation failed");
      return { ...named, error: wireError.name, response: protocol.writeError(wireError, details.requestId) };
    }
  }

  /** Writes a refusal in the protocol that the request's headers speak; the body is not looked at. */
  refuse(request: Omit<WireRequest, "body">, error: WireError, requestId: string): Dispatched {
    const located = locate({ ...request, body: new Uint8Array() }, this.deps.services);
    const signedFor = credentialScopeOf(request)?.service;
    const service = located?.service ?? this.deps.services.find(({ signingName }) => signingName === signedFor);
    const isForm = String(request.headers["content-type"]).startsWith("application/x-www-form-urlencoded");
    const protocol = protocolFor(service ?? { protocol: isForm ? "awsQuery" : "awsJson1_1" });
    return {
      ...(located?.operation === undefined ? {} : { operation: located.operation }),
      error: error.name,
      response: protocol.writeError(error, requestId),
    };
  }

  /** @throws HttpRefusal UnknownOperationException if a REST service has nothing at this path */
  private async resolve(located: Located, { method, path }: WireRequest): Promise<Resolved> {
    if (located.operation !== undefined) return located;
    const { routes } = await this.loaded(located.service);
    const call = routes(method, path);
    if (call !== undefined) return { service: located.service, ...call };
    const message = `${located.service.sdkId} has no operation ${method} ${path}.`;
    throw new HttpRefusal({ name: "UnknownOperationException", message, status: 404 });
  }

  private async answer(
    request: WireRequest,
    located: Resolved,
    protocol: Protocol,
    details: RequestDetails,
  ): Promise<WireResponse> {
    const { service, operation: name } = located;
    if (service === undefined) throw unknownOperation(protocol, name);
    const caller = await this.deps.authenticate(request, service);
    const { schemas, operations } = await this.loaded(service);
    const schema = schemas(name);
    if (schema === undefined) throw unknownOperation(protocol, name);
    const operation = requireBuilt(operations[name], name, service);
    const body = await decompress(request, service);
    const { form, labels } = located;
    const rest = labels && { labels, query: request.query, headers: request.headers };
    const input = protocol.parseInput({ body, ...(form && { form }), ...rest }, schema);
    const extra = extraMembers(service.extraMembers?.[name], body);
    const described = withUserAgent(details, request);
    this.deps.requireRight?.({ caller, service, operation: name, input, details: described });
    const { userAgent, connection } = described;
    const context = {
      ...this.deps.context(caller, details),
      ...(userAgent && { userAgent }),
      ...(connection && { connection }),
      ...service.extras,
    };
    const output = await operation({ ...input, ...extra } as never, context as never);
    return protocol.writeOutput(output as Record<string, unknown>, schema as OperationSchema, details.requestId);
  }

  private loaded(service: ServiceDefinition): Promise<PreparedService> {
    const known = this.loading.get(service);
    if (known !== undefined) return known;
    const loading = service.load().then((loaded) => ({
      ...loaded,
      schemas: operationSchemas(loaded.sdk, loaded.limits),
      routes: httpRoutes(service.protocol === "restJson1" ? loaded.sdk : {}),
    }));
    this.loading.set(service, loading);
    loading.catch(() => this.loading.delete(service)); // the next request tries again
    return loading;
  }
}

function withUserAgent(details: RequestDetails, { headers }: WireRequest): Call["details"] {
  const agent = headers["user-agent"];
  return typeof agent === "string" ? { ...details, userAgent: agent } : details;
}

/** The members of that name that are texts. The body has been read before, so it is JSON. */
function extraMembers(names: readonly string[] | undefined, body: Uint8Array): Readonly<Record<string, string>> {
  if (names === undefined) return {};
  const sent = JSON.parse(Buffer.from(body).toString() || "{}") as Readonly<Record<string, unknown>>;
  const texts = names.flatMap((name) => (typeof sent[name] === "string" ? [[name, sent[name]] as const] : []));
  return Object.fromEntries(texts);
}

/** Source: API reference, "Common error types": UnknownOperationException for JSON, InvalidAction for query. */
function unknownOperation({ name }: Protocol, operation: string): HttpRefusal {
  if (name === "awsJson1_0" || name === "awsJson1_1") {
    return new HttpRefusal({
      name: "UnknownOperationException",
      message: `There is no operation ${operation}.`,
      status: 400,
    });
  }
  const message = `Could not find operation ${operation} in this version of the service.`;
  return new HttpRefusal({ name: "InvalidAction", message, status: 400 });
}

function requireBuilt(
  operation: AnyOperation | { readonly notBuilt: string } | undefined,
  name: string,
  { sdkId, wording }: ServiceDefinition,
): AnyOperation {
  if (typeof operation === "function") return operation;
  const reason = operation?.notBuilt ?? `Hatoba does not have ${name} of ${sdkId}.`;
  throw new HttpRefusal({
    name: wording.notBuilt,
    message: `${reason} docs/compatibility.md lists what there is.`,
    status: 400,
  });
}
