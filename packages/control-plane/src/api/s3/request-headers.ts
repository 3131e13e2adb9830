import type { WireRequest } from "../wire/protocol.ts";
import { accessDenied } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

/** Members of the query that say who signed, and how; and checksums, which a signer works out before there is a body. */
const ofSignature =
  /^x-amz-(algorithm|credential|date|expires|signature|signedheaders|security-token|content-sha256|checksum-.*|sdk-checksum-algorithm)$/;

/**
 * What goes with a request, names in lower case: its headers, and of a presigned one those that its signer moved into the query,
 * as the SDK for JavaScript does. What is in the query is signed, so it counts before a header.
 */
export function headersOf({ headers, query }: Pick<WireRequest, "headers" | "query">): S3Request["headers"] {
  const sent = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]);
  const moved =
    headers.authorization === undefined
      ? [...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value] as const)
      : [];
  return Object.fromEntries([
    ...sent,
    ...moved.filter(([name]) => name.startsWith("x-amz-") && !ofSignature.test(name)),
  ]) as S3Request["headers"];
}

/** These are part of what is signed in another way. */
const provenOtherwise = new Set(["x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]);

/**
 * Whoever has a presigned address must not add to what it does, as to copy something else there. Source: S3 API reference,
 * "Create a signed AWS API request", canonical headers. @throws S3Error AccessDenied
 */
export function requireSignedHeaders({ headers }: Pick<WireRequest, "headers">, signed: readonly string[]): void {
  const added = Object.keys(headers).filter(
    (name) => name.startsWith("x-amz-") && !provenOtherwise.has(name) && !signed.includes(name),
  );
  if (added.length === 0) return;
  throw accessDenied("There were headers present in the request which were not signed", {
    HeadersNotSigned: added.join(", "),
  });
}
