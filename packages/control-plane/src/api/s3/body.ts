import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type ChunkVerifier, decodeChunks } from "./aws-chunked.ts";
import { invalidArgument, invalidRequest, malformedXml, S3Error } from "./s3-error.ts";
import type { Body, S3Request } from "./s3-request.ts";

/** The largest object or part that comes in one request, in bytes: 5 GiB. */
export const largestPut = 5 * 1024 ** 3;
/** The largest XML body; a completion of 10,000 parts with their checksums has 2 MB. */
const largestXml = 4 * 1024 ** 2;

export const tooLarge = (size: number): S3Error =>
  new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400, {
    ProposedSize: String(size),
    MaxSizeAllowed: String(largestPut),
  });

/** The body of a request, in whichever way x-amz-content-sha256 says that it is sent. @throws S3Error */
export function bodyOf(request: IncomingMessage, chunks: ChunkVerifier | undefined): Body {
  const header = (name: string) => {
    const value = request.headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const stated = header("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
  const isChunked = stated.startsWith("STREAMING-");
  const length = numberOf(header(isChunked ? "x-amz-decoded-content-length" : "content-length"));
  if (length !== undefined && length > largestPut) throw tooLarge(length);
  if (isChunked && length === undefined) throw missingLength();
  const trailers = new Map<string, string>();
  const announced = (header("x-amz-trailer") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  // Whoever stops reading still has to be able to answer.
  const raw = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  const content = isChunked
    ? () =>
        decodeChunks(raw, {
          ...(chunks === undefined ? {} : { verifier: chunks }),
          hasTrailer: stated.endsWith("-TRAILER"),
          onTrailer: (name, value) => void trailers.set(name, value),
        })
    : () => raw;
  const known = new Set(["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]);
  const isHash = /^[0-9a-f]{64}$/.test(stated);
  if (!isHash && !known.has(stated) && !/^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/.test(stated)) {
    const message =
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.";
    throw invalidArgument(message, "x-amz-content-sha256", stated);
  }
  return {
    length,
    announced,
    trailers,
    stream: () =>
      checked(content(), { ...(isHash ? { sha256: stated } : {}), ...(length === undefined ? {} : { length }) }),
  };
}

const missingLength = () =>
  new S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.", 411);

/** An object has to say how long it is before it comes. @throws S3Error MissingContentLength */
export function requireLength({ length }: Body): number {
  if (length === undefined) throw missingLength();
  return length;
}

async function* checked(
  source: AsyncIterable<Uint8Array>,
  { sha256, length }: { readonly sha256?: string; readonly length?: number },
): AsyncGenerator<Uint8Array> {
  const hash = sha256 === undefined ? undefined : createHash("sha256");
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size > (length ?? largestPut)) break;
    hash?.update(chunk);
    yield chunk;
  }
  if (length === undefined ? size > largestPut : size !== length) {
    throw new S3Error(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
      400,
    );
  }
  const actual = hash?.digest("hex");
  if (actual !== sha256) {
    throw new S3Error(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      400,
      { ClientComputedContentSHA256: sha256 ?? "", S3ComputedContentSHA256: actual ?? "" },
    );
  }
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw invalidRequest(`There is no such length: ${text}`);
}

/** A whole XML body. @throws S3Error MalformedXML for one that is too long, or that declares entities */
export async function readXml(
  request: S3Request,
  check: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of check(request.body.stream())) {
    size += piece.byteLength;
    if (size > largestXml) throw malformedXml();
    pieces.push(piece);
  }
  const body = Buffer.concat(pieces);
  if (body.includes("<!DOCTYPE") || body.includes("<!ENTITY")) throw malformedXml();
  return body;
}
