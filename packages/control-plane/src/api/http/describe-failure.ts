import { ApiError } from "../api-error.ts";
import { BadInput } from "../wire/problem.ts";
import type { ProtocolName, WireError } from "../wire/protocol.ts";
import { SignatureError } from "../wire/signature-error.ts";
import { describeSignatureError } from "../wire/signature-wording.ts";
import { HttpRefusal } from "./refusal.ts";
import type { ServiceDefinition } from "./service-definition.ts";

/** Whatever was thrown on the way to an answer, as the caller gets to see it: of our own faults only the request id. */
export function describeFailure(
  error: unknown,
  failed: { readonly service: ServiceDefinition | undefined; readonly operation: string },
  protocol: ProtocolName,
  requestId: string,
): WireError {
  const wireError = withoutQueryCode(error, failed, protocol, requestId);
  const { name, message, status, members } = wireError;
  const codes = failed.service?.queryCodes;
  if (codes === undefined) return wireError;
  return { name, message, status, queryCode: codes[name] ?? name, ...(members === undefined ? {} : { members }) };
}

function withoutQueryCode(
  error: unknown,
  { service, operation }: { readonly service: ServiceDefinition | undefined; readonly operation: string },
  protocol: ProtocolName,
  requestId: string,
): WireError {
  if (error instanceof ApiError) {
    const { name, message, statusCode: status, members } = error;
    return { name, message, status, ...(members === undefined ? {} : { members }) };
  }
  if (error instanceof SignatureError) return describeSignatureError(error, protocol);
  if (error instanceof HttpRefusal) return error;
  if (error instanceof BadInput && service !== undefined) {
    return { ...service.wording.badInput(error.problems, operation), status: 400 };
  }
  const name = service?.wording.internal ?? "InternalFailure";
  return { name, message: `Hatoba failed. Its log has the cause, under request id ${requestId}.`, status: 500 };
}
