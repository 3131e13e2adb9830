import type { IncomingMessage } from "node:http";
import type { WireRequest } from "../wire/protocol.ts";

/** Node's request as the wire code wants it. */
export function wireRequest(
  { method = "GET", url = "/", headers, socket }: IncomingMessage,
  body: Uint8Array,
): WireRequest {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const { remoteAddress } = socket;
  return {
    method,
    path,
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers,
    body,
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  };
}
