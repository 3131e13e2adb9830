import type { ObjectFacts, StoredObject } from "../../../object-store/object-store.ts";
import { requireKeyLength } from "../address.ts";
import { largestPut } from "../body.ts";
import { isUnchanged } from "../conditions.ts";
import { checksumElement, quoted, xmlAnswer } from "../describe.ts";
import { encryptionHeader, factsOf } from "../facts.ts";
import { type Inspection, inspectionOf, requireAlgorithm } from "../inspection.ts";
import { requireBucket, requireObject } from "../require.ts";
import { invalidArgument, invalidRequest, noSuchBucket, preconditionFailed } from "../s3-error.ts";
import type { S3Context, S3Operation, S3Request } from "../s3-request.ts";
import { wholeObject, withContent } from "./put-object.ts";

/** The bucket and key of x-amz-copy-source. @throws S3Error InvalidArgument */
export function copySource(header: string | undefined): { readonly bucket: string; readonly key: string } {
  const text = header ?? "";
  const [path = "", version] = text.replace(/^\//, "").split("?versionId=");
  const slash = path.indexOf("/");
  try {
    if (slash > 0 && slash < path.length - 1 && (version === undefined || version === "null")) {
      return { bucket: decodeURIComponent(path.slice(0, slash)), key: decodeURIComponent(path.slice(slash + 1)) };
    }
  } catch {
    // No percent-encoding; told below.
  }
  throw invalidArgument(
    "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    "x-amz-copy-source",
    text,
  );
}

/** The object that is copied. @throws S3Error */
export function requireSource({ headers }: S3Request, context: S3Context): StoredObject {
  const { bucket, key } = copySource(headers["x-amz-copy-source"]);
  const source = requireObject({ bucket, key, query: new URLSearchParams() }, context);
  if (isUnchanged(source, headers, "x-amz-copy-source-")) throw preconditionFailed("x-amz-copy-source-If-None-Match");
  return source;
}

/** An inspection of bytes that come from here: there is nothing to hold them against. */
export const plainInspection = (algorithm: string | undefined): Inspection =>
  inspectionOf(
    { headers: {}, body: { length: undefined, announced: [], trailers: new Map(), stream: () => noBytes() } },
    algorithm,
  );
async function* noBytes(): AsyncGenerator<Uint8Array> {}

/** Source: S3 API reference, CopyObject. */
export const copyObject: S3Operation = async (request, context) => {
  const { bucket, key, headers } = request;
  requireKeyLength(key);
  const owner = requireBucket(request, context);
  const source = requireSource(request, context);
  if (source.size > largestPut) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${largestPut}`,
    );
  }
  const replaces = directive(request, "x-amz-metadata-directive");
  const retags = directive(request, "x-amz-tagging-directive");
  if (source.bucket === bucket && source.key === key && !replaces && !retags) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const given = factsOf(request, owner);
  const described: Pick<ObjectFacts, "headers" | "metadata"> = replaces ? given : source;
  const facts = {
    headers: { ...described.headers, ...encryptionHeader(given) },
    metadata: described.metadata,
    tags: retags ? given.tags : source.tags,
  };
  const asked = headers["x-amz-checksum-algorithm"];
  const inspection = plainInspection(asked === undefined ? source.checksum?.algorithm : requireAlgorithm(asked));
  const content = inspection.through(context.objects.read(source, 0, source.size));
  const made = await withContent(context, content, async (piece) => {
    const copy = wholeObject(request, piece, inspection.findings(), { ...facts, modifiedAt: context.clock.now() });
    if (!(await context.objects.putObject(copy))) throw noSuchBucket(bucket);
    return copy;
  });
  const result = {
    ETag: quoted(made.etag),
    LastModified: new Date(made.modifiedAt),
    ...checksumElement(made.checksum),
  };
  const answer = xmlAnswer("CopyObject", { CopyObjectResult: result }, context);
  return { ...answer, headers: { ...answer.headers, ...encryptionHeader(made) } };
};

/** Whether what comes with the request stands in place of the source's. @throws S3Error InvalidArgument */
function directive({ headers }: S3Request, name: string): boolean {
  const value = headers[name] ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") throw invalidArgument(`Unknown ${name}.`, name, value);
  return value === "REPLACE";
}
