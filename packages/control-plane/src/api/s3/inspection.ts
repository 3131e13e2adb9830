import { createHash } from "node:crypto";
import { algorithms } from "../../object-store/checksums/algorithms.ts";
import { invalidRequest, S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

const headerPrefix = "x-amz-checksum-";
const offered = Object.keys(algorithms).join(", ");

/** What came out of a body that was read to its end. */
export interface Findings {
  /** Hexadecimal. */
  readonly md5: string;
  /** Base64. */
  readonly checksum?: { readonly algorithm: string; readonly value: string };
}

export interface Inspection {
  /** Lets a body through; throws at its end if it is not what the request says that it is. */
  through(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Only once all went through. */
  findings(): Findings;
}

/**
 * Holds a body against Content-MD5 and the checksum that goes with it, in a header or behind it. Source: S3 user guide,
 * "Checking object integrity".
 * @param wanted an algorithm to work out in any case @throws S3Error InvalidRequest, InvalidDigest
 */
export function inspectionOf({ headers, body }: Pick<S3Request, "headers" | "body">, wanted?: string): Inspection {
  const expected = expectedOf(headers);
  const trailing = body.announced.find((name) => name.startsWith(headerPrefix));
  const algorithm =
    expected?.algorithm ??
    (trailing === undefined ? undefined : requireAlgorithm(trailing.slice(headerPrefix.length))) ??
    wanted ??
    statedAlgorithm(headers);
  if (wanted !== undefined && algorithm !== wanted) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${wanted.toLowerCase()}, actual checksum Type: ${(algorithm ?? "null").toLowerCase()}`,
    );
  }
  const md5 = createHash("md5");
  const wantedMd5 = contentMd5(headers["content-md5"]);
  const checksum = algorithm === undefined ? undefined : algorithms[algorithm]?.start();
  let found: Findings | undefined;
  return {
    async *through(source) {
      for await (const chunk of source) {
        md5.update(chunk);
        checksum?.update(chunk);
        yield chunk;
      }
      const digest = md5.digest();
      if (wantedMd5 !== undefined && !wantedMd5.equals(digest)) {
        throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.", 400, {
          ExpectedDigest: wantedMd5.toString("base64"),
          CalculatedDigest: digest.toString("base64"),
        });
      }
      const value = checksum?.digest().toString("base64");
      const told = expected?.value ?? (trailing === undefined ? undefined : requireTrailer(body.trailers, trailing));
      if (told !== undefined && told !== value) {
        throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`, 400);
      }
      const known = algorithm === undefined || value === undefined ? {} : { checksum: { algorithm, value } };
      found = { md5: digest.toString("hex"), ...known };
    },
    findings() {
      if (found === undefined) throw new Error("the body was not read to its end");
      return found;
    },
  };
}

/** The algorithm of that name. @throws S3Error InvalidRequest */
export function requireAlgorithm(name: string): string {
  const known = name.toUpperCase();
  if (Object.hasOwn(algorithms, known)) return known;
  throw invalidRequest(
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${offered}]`,
  );
}

function requireTrailer(trailers: ReadonlyMap<string, string>, name: string): string {
  const value = trailers.get(name);
  if (value !== undefined) return value;
  throw new S3Error("MalformedTrailerError", "The request contained trailing data that was not well-formed", 400);
}

function statedAlgorithm(headers: S3Request["headers"]): string | undefined {
  const stated = headers["x-amz-sdk-checksum-algorithm"];
  return stated === undefined ? undefined : requireAlgorithm(stated);
}

/** The checksum that a header states. @throws S3Error InvalidRequest for several, or for one that is none */
function expectedOf(headers: S3Request["headers"]): { readonly algorithm: string; readonly value: string } | undefined {
  const given = Object.entries(headers).filter(
    ([name]) => name.startsWith(headerPrefix) && !/^x-amz-checksum-(algorithm|type|mode)$/.test(name),
  );
  if (given.length > 1)
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  const [first] = given;
  if (first === undefined) return undefined;
  const [name, value = ""] = first;
  const algorithm = requireAlgorithm(name.slice(headerPrefix.length));
  if (Buffer.from(value, "base64").length === (algorithms[algorithm]?.start().digest().length ?? 0)) {
    return { algorithm, value };
  }
  throw invalidRequest(`Value for ${name} header is invalid.`);
}

function contentMd5(text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  const digest = Buffer.from(text, "base64");
  if (digest.length === 16) return digest;
  throw new S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.", 400, { "Content-MD5": text });
}
