import { targetOf } from "../wire/aws-json.ts";
import { credentialScopeOf } from "../wire/credential-scope.ts";
import type { Form, ProtocolName, WireRequest } from "../wire/protocol.ts";
import type { ServiceDefinition } from "./service-definition.ts";

/** Whom a request is for. */
export type Located =
  | { readonly service: ServiceDefinition; readonly operation: string; readonly form?: Form }
  /** A REST request: which operation that is, the service's own table of paths tells. */
  | { readonly service: ServiceDefinition; readonly operation: undefined }
  /** Nobody's, but in a protocol in which it can be told so. */
  | { readonly service: undefined; readonly operation: string; readonly protocol: ProtocolName };

/**
 * Tells requests apart: by X-Amz-Target, which requests to REST services do not have; those by the service that the signature is for,
 * and by their path if there is none; others by `Action` and `Version` in a form or query string, and where the version says nothing, by
 * the service that the signature is for. Undefined for what is no AWS request.
 */
export function locate(request: WireRequest, services: readonly ServiceDefinition[]): Located | undefined {
  const { headers } = request;
  const target = request.path === "/" ? targetOf(request) : undefined;
  const targeted = target && services.find((each) => each.target === target.target);
  if (target !== undefined && targeted !== undefined) return { service: targeted, operation: target.operation };
  const rest = restServiceOf(request, services);
  if (rest !== undefined) return { service: rest, operation: undefined };
  if (request.path !== "/") return undefined;
  if (target !== undefined) {
    const { operation } = target;
    const protocol = String(headers["content-type"]).includes("json-1.0") ? "awsJson1_0" : "awsJson1_1";
    return { service: undefined, operation, protocol };
  }
  const form = formOf(request);
  const operation = form?.find(([name]) => name === "Action")?.[1];
  if (form === undefined || operation === undefined) return undefined;
  const version = form.find(([name]) => name === "Version")?.[1];
  const service =
    services.find((each) => each.version !== undefined && each.version === version) ??
    services.find((each) => each.version !== undefined && each.signingName === credentialScopeOf(request)?.service);
  return service === undefined ? { service, operation, protocol: "awsQuery" } : { service, operation, form };
}

function restServiceOf(request: WireRequest, services: readonly ServiceDefinition[]): ServiceDefinition | undefined {
  const signedFor = credentialScopeOf(request)?.service;
  const isMeant = ({ signingName, paths = [] }: ServiceDefinition) =>
    signedFor === undefined
      ? paths.some((path) => request.path === path || request.path.startsWith(`${path}/`))
      : signingName === signedFor;
  return services.find((each) => each.protocol === "restJson1" && isMeant(each));
}

/** The members of a form body, or of the query string if there is no body. */
function formOf({ method, headers, query, body }: WireRequest): Form | undefined {
  const isForm = String(headers["content-type"]).startsWith("application/x-www-form-urlencoded");
  if (method === "POST" && body.byteLength > 0) return isForm ? [...new URLSearchParams(decode(body))] : undefined;
  return [...new URLSearchParams(query)];
}

const decode = (body: Uint8Array) => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
