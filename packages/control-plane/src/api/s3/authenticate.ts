import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../platform/clock.ts";
import type { Settings } from "../../settings.ts";
import type { AccessKeys } from "../http/access-keys.ts";
import { requireLocalCaller } from "../http/browser-guard.ts";
import { requireKey } from "../http/sigv4-authenticator.ts";
import type { Caller } from "../operation-context.ts";
import { sha256 } from "../wire/canonical-request.ts";
import type { WireRequest } from "../wire/protocol.ts";
import { parseClaim, type SignatureClaim } from "../wire/signature-claim.ts";
import { SignatureError } from "../wire/signature-error.ts";
import { sign, verifySignature } from "../wire/sigv4.ts";
import type { ChunkVerifier } from "./aws-chunked.ts";
import { requireSignedHeaders } from "./request-headers.ts";
import { accessDenied, invalidRequest, S3Error } from "./s3-error.ts";
import { oldClaimOf, verifyOldSignature } from "./signature-v2.ts";

/** Who sent a request, and how the chunks of its body are signed if they are. */
export interface Authenticated {
  readonly caller: Caller;
  readonly chunks?: ChunkVerifier;
}
/** @param hostBucket the bucket that the host names, if it does @throws S3Error */
export type S3Authenticator = (request: WireRequest, hostBucket?: string) => Authenticated;

/**
 * Takes requests that are signed for S3, in their headers or their query. Where the body's hash stands in the request, that is
 * what is signed, and whoever reads the body compares. Source: S3 API reference, "Authenticating requests (AWS Signature
 * Version 4)".
 */
export function s3Authenticator({
  keys,
  clock,
  settings: { region },
}: {
  readonly keys: AccessKeys;
  readonly clock: Clock;
  readonly settings: Pick<Settings, "region">;
}): S3Authenticator {
  return (request, hostBucket) => {
    const isPresigned = typeof request.headers.authorization !== "string";
    try {
      const old = isPresigned ? oldClaimOf(request) : undefined;
      if (old !== undefined) {
        const key = requireKey(old, { keys, now: clock.now() });
        const secret = key.secretAccessKey;
        verifyOldSignature(request, old, {
          secret,
          now: clock.now(),
          ...(hostBucket === undefined ? {} : { hostBucket }),
        });
        return { caller: key.caller };
      }
      const claim = parseClaim(request);
      const now = clock.now();
      const key = requireKey({ ...claim, ...claim.scope }, { keys, now });
      requireRegion(claim, region);
      const stated = request.headers["x-amz-content-sha256"];
      const payloadHash = typeof stated === "string" ? stated : isPresigned ? "UNSIGNED-PAYLOAD" : undefined;
      if (payloadHash === undefined)
        throw invalidRequest("Missing required header for this request: x-amz-content-sha256");
      const { secretAccessKey } = key;
      verifySignature(request, claim, {
        secretAccessKey,
        service: "s3",
        regions: [region],
        now,
        payloadHash,
        pathAsItStands: true,
        skewMinutes: 15,
      });
      requireSignedHeaders(request, claim.signedHeaders);
      if (!payloadHash.startsWith("STREAMING-AWS4-HMAC-SHA256")) return { caller: key.caller };
      return { caller: key.caller, chunks: chunkVerifier(claim, secretAccessKey) };
    } catch (error) {
      throw error instanceof SignatureError ? wordedAsS3(error, isPresigned) : error;
    }
  };
}

function requireRegion({ scope }: SignatureClaim, region: string): void {
  if (scope.region === region) return;
  const message = `The authorization header is malformed; the region '${scope.region}' is wrong; expecting '${region}'`;
  throw new S3Error("AuthorizationHeaderMalformed", message, 400, { Region: region });
}

/** Each chunk's signature is over the one before it. */
function chunkVerifier({ scope, signedAt, signature }: SignatureClaim, secret: string): ChunkVerifier {
  const where = `${scope.date}/${scope.region}/${scope.service}/${scope.terminator}`;
  let previous = signature;
  const require = (parts: readonly string[], given: string) => {
    const expected = sign(parts.join("\n"), secret, scope);
    const actual = Buffer.from(given, "hex");
    if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) throw mismatch();
    previous = given;
  };
  return {
    begin() {
      const hash = createHash("sha256");
      return {
        update: (data) => void hash.update(data),
        end: (given) =>
          require(["AWS4-HMAC-SHA256-PAYLOAD", signedAt, where, previous, sha256(""), hash.digest("hex")], given),
      };
    },
    trailer: (lines, given) =>
      require(["AWS4-HMAC-SHA256-TRAILER", signedAt, where, previous, sha256(lines.join(""))], given),
  };
}

const mismatch = () =>
  new S3Error(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    403,
  );

/** Source: S3 API reference, "Error responses". */
function wordedAsS3({ fault, message }: SignatureError, isPresigned: boolean): S3Error {
  switch (fault) {
    case "missing":
      return accessDenied();
    case "incomplete":
      return new S3Error(
        isPresigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed",
        message,
        400,
      );
    case "unknownKey":
      return new S3Error(
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        403,
      );
    case "expiredToken":
      return new S3Error("ExpiredToken", "The provided token has expired.", 400);
    case "expired":
    case "notYetCurrent":
      if (isPresigned) return accessDenied(fault === "expired" ? "Request has expired" : "Request is not yet valid");
      return new S3Error(
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        403,
      );
    case "mismatch":
      return mismatch();
  }
}

/** Takes any key, and none, from this machine alone, as with `--auth open`; chunks of bodies are not held against signatures. */
export const openS3Authenticator =
  (everybody: Caller): S3Authenticator =>
  (request) => {
    requireLocalCaller(request);
    return { caller: everybody };
  };
