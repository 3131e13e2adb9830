import { createHmac, timingSafeEqual } from "node:crypto";
import type { WireRequest } from "../wire/protocol.ts";
import { subResources } from "./route.ts";
import { accessDenied, S3Error } from "./s3-error.ts";

/** A request that is presigned in the old way. */
export interface OldClaim {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  /** Base64. */
  readonly signature: string;
  /** Epoch seconds, as sent. */
  readonly expires: string;
}

/** Members of the query that are part of what is signed. */
const signedMembers = new Set([
  ..."acl accelerate cors delete encryption inventory lifecycle location logging notification partNumber policy".split(
    " ",
  ),
  ..."analytics defaultObjectAcl metrics object-lock select select-type storageClass".split(" "),
  ..."replication requestPayment restore tagging torrent uploadId uploads versionId versioning versions website".split(
    " ",
  ),
  ...["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"].map(
    (name) => `response-${name}`,
  ),
]);

/** What the query says of an old signature; undefined if it says nothing of one. */
export function oldClaimOf({ query }: Pick<WireRequest, "query">): OldClaim | undefined {
  const members = new URLSearchParams(query);
  const [accessKeyId, signature, expires] = ["AWSAccessKeyId", "Signature", "Expires"].map((name) => members.get(name));
  if (!accessKeyId || !signature || !expires) return undefined;
  const token = members.get("x-amz-security-token");
  return { accessKeyId, signature, expires, ...(token === null ? {} : { sessionToken: token }) };
}

/**
 * Checks a presigned request of signature version 2, which the AWS CLI and boto3 still make unless told otherwise.
 * Source: S3 user guide, "Signing and authenticating REST requests", query string authentication.
 * @param hostBucket the bucket that the host names, if it does @throws S3Error
 */
export function verifyOldSignature(
  { method, path, headers, query }: Pick<WireRequest, "method" | "path" | "headers" | "query">,
  claim: OldClaim,
  { secret, now, hostBucket }: { readonly secret: string; readonly now: number; readonly hostBucket?: string },
): void {
  const expires = Number(claim.expires);
  if (!Number.isInteger(expires)) throw accessDenied(`Invalid date (should be seconds since epoch): ${claim.expires}`);
  if (expires * 1000 < now) throw accessDenied("Request has expired");
  const members = [...new URLSearchParams(query)];
  const amz = new Map<string, string>();
  for (const [name, value] of [...Object.entries(headers), ...members]) {
    const known = name.toLowerCase();
    if (known.startsWith("x-amz-") && value !== undefined) amz.set(known, String(value).trim());
  }
  const amzLines = [...amz].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}:${value}\n`);
  const kept = members
    .filter(([name]) => signedMembers.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const resource = `${hostBucket === undefined ? "" : `/${hostBucket}`}${path}${kept.length > 0 ? `?${kept.join("&")}` : ""}`;
  const text = [
    method,
    headers["content-md5"] ?? "",
    headers["content-type"] ?? "",
    claim.expires,
    `${amzLines.join("")}${resource}`,
  ].join("\n");
  // What the old way does not sign must not turn the request into another one.
  if (members.some(([name]) => subResources.has(name) && !signedMembers.has(name))) throw mismatch();
  const expected = createHmac("sha1", secret).update(text).digest();
  const given = Buffer.from(claim.signature, "base64");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw mismatch();
}

const mismatch = () =>
  new S3Error(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    403,
  );
