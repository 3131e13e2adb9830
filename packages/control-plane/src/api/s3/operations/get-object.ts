import type { StoredObject } from "../../../object-store/object-store.ts";
import { type ByteRange, rangeOf } from "../byte-range.ts";
import { isUnchanged } from "../conditions.ts";
import { checksumElement, objectHeaders, ownerOf, quoted, xmlAnswer } from "../describe.ts";
import { requireNoVersion } from "../facts.ts";
import { requireObject } from "../require.ts";
import { invalidArgument, invalidRequest, S3Error } from "../s3-error.ts";
import type { S3Answer, S3Operation, S3Request } from "../s3-request.ts";

/** By query member: what a signed request may have said otherwise. Source: S3 API reference, GetObject. */
const overrides = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** The bytes that are asked for, by a range or as a part. @throws S3Error */
function wantedOf({ headers, query }: S3Request, object: StoredObject): ByteRange | undefined {
  const part = query.get("partNumber");
  if (part === null) return rangeOf(headers["range"], object.size);
  if (headers["range"] !== undefined)
    throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  const number = /^\d{1,5}$/.test(part) ? Number(part) : 0;
  if (number < 1 || number > 10_000) {
    throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", part);
  }
  const count = object.uploadId === undefined ? 1 : object.pieces.length;
  if (number > count) {
    throw new S3Error("InvalidPartNumber", "The requested partnumber is not satisfiable", 416, {
      ActualPartCount: String(count),
      PartNumberRequested: part,
    });
  }
  if (object.uploadId === undefined) return undefined;
  const start = object.pieces.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, end: start + (object.pieces[number - 1]?.size ?? 0) };
}

function answerFor(request: S3Request, object: StoredObject): { readonly answer: S3Answer; readonly range: ByteRange } {
  const range = wantedOf(request, object);
  const whole = { start: 0, end: object.size };
  const { start, end } = range ?? whole;
  const withChecksum = request.headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED" && range === undefined;
  const isPart = request.query.has("partNumber") && object.uploadId !== undefined;
  const said = overrides.flatMap((name) => {
    const value = request.query.get(`response-${name}`);
    return value === null ? [] : [[name, value] as const];
  });
  const headers = {
    ...objectHeaders(object, { withChecksum }),
    ...Object.fromEntries(said),
    ...(isPart ? { "x-amz-mp-parts-count": object.pieces.length } : {}),
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${object.size}` }),
    "content-length": end - start,
  };
  return { answer: { status: range === undefined ? 200 : 206, headers }, range: { start, end } };
}

const notModified = (object: StoredObject): S3Answer => ({
  status: 304,
  headers: { etag: quoted(object.etag), "last-modified": new Date(object.modifiedAt).toUTCString() },
});

/** Source: S3 API reference, HeadObject. */
export const headObject: S3Operation = async (request, context) => {
  requireNoVersion(request);
  const object = requireObject(request, context);
  return isUnchanged(object, request.headers) ? notModified(object) : answerFor(request, object).answer;
};

/** Source: S3 API reference, GetObject. */
export const getObject: S3Operation = async (request, context) => {
  requireNoVersion(request);
  const object = requireObject(request, context);
  if (isUnchanged(object, request.headers)) return notModified(object);
  const { answer, range } = answerFor(request, object);
  return { ...answer, body: context.objects.read(object, range.start, range.end) };
};

/** Source: S3 API reference, GetObjectAttributes. */
export const getObjectAttributes: S3Operation = async (request, context) => {
  requireNoVersion(request);
  const object = requireObject(request, context);
  const wanted = new Set((request.headers["x-amz-object-attributes"] ?? "").split(",").map((each) => each.trim()));
  const answer = xmlAnswer(
    "GetObjectAttributes",
    {
      ...(wanted.has("ETag") ? { ETag: object.etag } : {}),
      ...(wanted.has("Checksum") && object.checksum
        ? { Checksum: { ...checksumElement(object.checksum), ChecksumType: object.checksum.type } }
        : {}),
      ...(wanted.has("ObjectParts") && object.uploadId !== undefined
        ? { ObjectParts: { TotalPartsCount: object.pieces.length } }
        : {}),
      ...(wanted.has("StorageClass") ? { StorageClass: "STANDARD" } : {}),
      ...(wanted.has("ObjectSize") ? { ObjectSize: object.size } : {}),
    },
    context,
  );
  return { ...answer, headers: { ...answer.headers, "last-modified": new Date(object.modifiedAt).toUTCString() } };
};

export const getObjectAcl: S3Operation = async (request, context) => {
  requireNoVersion(request);
  requireObject(request, context);
  const owner = ownerOf(context);
  const Grants = [{ Grantee: { ...owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }];
  return xmlAnswer("GetObjectAcl", { Owner: owner, Grants }, context);
};
