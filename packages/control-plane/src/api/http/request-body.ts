import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { BadInput } from "../wire/problem.ts";
import type { WireRequest } from "../wire/protocol.ts";
import { HttpRefusal } from "./refusal.ts";
import type { ServiceDefinition } from "./service-definition.ts";

const inflate = promisify(gunzip);

/** The body as its protocol has it. @throws HttpRefusal for one compressed otherwise than by gzip, or too large. */
export async function decompress(
  { headers, body }: WireRequest,
  { maxBodyBytes = defaultMaxBodyBytes }: ServiceDefinition,
) {
  const encoding = headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return body;
  if (encoding !== "gzip") {
    const message = `Content-Encoding ${String(encoding)} is not taken here, only gzip.`;
    throw new HttpRefusal({ name: "UnsupportedMediaTypeException", message, status: 415 });
  }
  try {
    return await inflate(body, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBodyBytes);
    throw new BadInput([{ kind: "unreadable", path: [], demand: "The request body is not valid gzip" }], {
      cause: error,
    });
  }
}

/** 1 MiB, as the largest ECS task definitions are 64 KB. */
export const defaultMaxBodyBytes = 1024 * 1024;

/** The refusal of a request that is longer than its service takes. */
export const tooLarge = (limit: number): HttpRefusal =>
  new HttpRefusal({
    name: "RequestEntityTooLargeException",
    message: `The request body is larger than ${limit} bytes.`,
    status: 413,
  });

/** How much of a body that is too long is still read, so that the caller has stopped sending when it gets the answer. */
const patience = 16;

/**
 * The whole body of a request. One that is longer than `limit` bytes is read to its end and thrown away, for a
 * caller that is cut off while it sends sees a broken connection and not the answer.
 * @throws HttpRefusal RequestEntityTooLargeException; at once, if it is so long that waiting for its end is no use
 */
export function readBody(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (length > limit * patience) reject(tooLarge(limit));
    });
    stream.once("end", () => (length > limit ? reject(tooLarge(limit)) : resolve(Buffer.concat(chunks, length))));
    stream.once("error", reject);
    stream.once("close", () => {
      if (!stream.readableEnded) reject(new Error("The caller hung up."));
    });
  });
}
