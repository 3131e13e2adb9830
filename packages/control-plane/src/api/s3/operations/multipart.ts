import type { Piece, Upload } from "../../../object-store/object-store.ts";
import { requireKeyLength } from "../address.ts";
import { largestPut, requireLength } from "../body.ts";
import { rangeOf } from "../byte-range.ts";
import { checksumElement, checksumHeader, ownerOf, quoted, xmlAnswer } from "../describe.ts";
import { encryptionHeader, factsOf } from "../facts.ts";
import type { Findings } from "../inspection.ts";
import { inspectionOf, requireAlgorithm } from "../inspection.ts";
import { numberIn, requireBucket, requireUpload } from "../require.ts";
import { invalidArgument, invalidRequest, noSuchBucket, noSuchUpload } from "../s3-error.ts";
import type { S3Context, S3Operation, S3Request } from "../s3-request.ts";
import { plainInspection, requireSource } from "./copy-object.ts";
import { commonPrefixesOf, encodingOf, endOf } from "./list-objects.ts";
import { withContent } from "./put-object.ts";

/** Which checksum an upload's parts and object get. @throws S3Error InvalidRequest */
function checksumOf({ headers }: S3Request): Upload["checksum"] {
  const asked = headers["x-amz-checksum-algorithm"];
  const type = headers["x-amz-checksum-type"];
  if (asked === undefined) {
    if (type === undefined) return undefined;
    throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  const algorithm = requireAlgorithm(asked);
  const chosen = type ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  if (chosen !== "FULL_OBJECT" && chosen !== "COMPOSITE")
    throw invalidRequest("Value for x-amz-checksum-type header is invalid.");
  const fits = chosen === "FULL_OBJECT" ? algorithm.startsWith("CRC") : algorithm !== "CRC64NVME";
  if (!fits)
    throw invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  return { algorithm, type: chosen };
}

/** Source: S3 API reference, CreateMultipartUpload. */
export const createMultipartUpload: S3Operation = async (request, context) => {
  const { bucket, key } = request;
  requireKeyLength(key);
  const owner = requireBucket(request, context);
  const checksum = checksumOf(request);
  const id = context.ids.hex(64);
  const upload = {
    id,
    bucket,
    key,
    startedAt: context.clock.now(),
    ...factsOf(request, owner),
    ...(checksum && { checksum }),
  };
  if (!(await context.objects.createUpload(upload))) throw noSuchBucket(bucket);
  const answer = xmlAnswer("CreateMultipartUpload", { Bucket: bucket, Key: key, UploadId: id }, context);
  const said = checksum && {
    "x-amz-checksum-algorithm": checksum.algorithm,
    "x-amz-checksum-type": checksum.type,
  };
  return { ...answer, headers: { ...answer.headers, ...encryptionHeader(upload), ...said } };
};

function partNumber({ query }: S3Request): number {
  const text = query.get("partNumber") ?? "";
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 10_000) return number;
  throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
}

async function keepPart(
  { upload, number, piece, found }: { upload: Upload; number: number; piece: Piece; found: Findings },
  { objects, clock }: S3Context,
): Promise<void> {
  const checksum = found.checksum && { checksum: found.checksum };
  const part = { ...piece, number, etag: found.md5, modifiedAt: clock.now(), ...checksum };
  if (!(await objects.putPart(upload.id, part))) throw noSuchUpload(upload.id);
}

/** Source: S3 API reference, UploadPart. */
export const uploadPart: S3Operation = async (request, context) => {
  const number = partNumber(request);
  const upload = requireUpload(request, context);
  requireLength(request.body);
  const inspection = inspectionOf(request, upload.checksum?.algorithm);
  const found = await withContent(context, inspection.through(request.body.stream()), async (piece) => {
    const findings = inspection.findings();
    await keepPart({ upload, number, piece, found: findings }, context);
    return findings;
  });
  return { headers: { etag: quoted(found.md5), ...encryptionHeader(upload), ...checksumHeader(found.checksum) } };
};

/** Source: S3 API reference, UploadPartCopy. */
export const uploadPartCopy: S3Operation = async (request, context) => {
  const number = partNumber(request);
  const upload = requireUpload(request, context);
  const source = requireSource(request, context);
  const { start, end } = rangeOf(request.headers["x-amz-copy-source-range"], source.size) ?? {
    start: 0,
    end: source.size,
  };
  if (end - start > largestPut) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${largestPut}`,
    );
  }
  const inspection = plainInspection(upload.checksum?.algorithm);
  const content = inspection.through(context.objects.read(source, start, end));
  const found = await withContent(context, content, async (piece) => {
    const findings = inspection.findings();
    await keepPart({ upload, number, piece, found: findings }, context);
    return findings;
  });
  const result = {
    ETag: quoted(found.md5),
    LastModified: new Date(context.clock.now()),
    ...checksumElement(found.checksum),
  };
  return xmlAnswer("UploadPartCopy", { CopyPartResult: result }, context);
};

/** Source: S3 API reference, AbortMultipartUpload. */
export const abortMultipartUpload: S3Operation = async (request, context) => {
  const { id } = requireUpload(request, context);
  if (!(await context.objects.abortUpload(id))) throw noSuchUpload(id);
  return { status: 204 };
};

/** Source: S3 API reference, ListParts. */
export const listParts: S3Operation = async (request, context) => {
  const { bucket, key, query } = request;
  const upload = requireUpload(request, context);
  const { encode } = encodingOf(request);
  const limit = numberIn(query, "max-parts", { least: 0, most: 1000, otherwise: 1000 });
  const after = numberIn(query, "part-number-marker", { least: 0, most: 10_000, otherwise: 0 });
  const left = context.objects.parts(upload.id).filter(({ number }) => number > after);
  const page = left.slice(0, limit);
  return xmlAnswer(
    "ListParts",
    {
      Bucket: bucket,
      Key: encode(key),
      UploadId: upload.id,
      PartNumberMarker: String(after),
      NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
      MaxParts: limit,
      IsTruncated: page.length < left.length,
      Parts: page.map(({ number, etag, size, modifiedAt, checksum }) => ({
        PartNumber: number,
        LastModified: new Date(modifiedAt),
        ETag: quoted(etag),
        Size: size,
        ...checksumElement(checksum),
      })),
      Initiator: ownerOf(context),
      Owner: ownerOf(context),
      StorageClass: "STANDARD",
      ...(upload.checksum && { ChecksumAlgorithm: upload.checksum.algorithm, ChecksumType: upload.checksum.type }),
    },
    context,
  );
};

/** Source: S3 API reference, ListMultipartUploads. */
export const listMultipartUploads: S3Operation = async (request, context) => {
  const { bucket, query } = request;
  requireBucket(request, context);
  const { encode, member } = encodingOf(request);
  const limit = numberIn(query, "max-uploads", { least: 1, most: 1000, otherwise: 1000 });
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const [after, afterId] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  const page = context.objects.uploads({
    bucket,
    prefix,
    delimiter,
    limit,
    ...(after === "" ? {} : { after }),
    ...(after === "" || afterId === "" ? {} : { afterId }),
  });
  const last = page.entries.at(-1);
  const end = endOf(page.entries);
  return xmlAnswer(
    "ListMultipartUploads",
    {
      Bucket: bucket,
      KeyMarker: encode(after),
      UploadIdMarker: afterId,
      ...(page.isTruncated && end !== undefined ? { NextKeyMarker: encode(end) } : {}),
      ...(page.isTruncated && last !== undefined && "item" in last ? { NextUploadIdMarker: last.item.id } : {}),
      Prefix: encode(prefix),
      ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
      ...member,
      MaxUploads: limit,
      IsTruncated: page.isTruncated,
      Uploads: page.entries.flatMap((entry) =>
        "item" in entry
          ? [
              {
                UploadId: entry.item.id,
                Key: encode(entry.item.key),
                Initiated: new Date(entry.item.startedAt),
                StorageClass: "STANDARD",
                Owner: ownerOf(context),
                Initiator: ownerOf(context),
                ...(entry.item.checksum && {
                  ChecksumAlgorithm: entry.item.checksum.algorithm,
                  ChecksumType: entry.item.checksum.type,
                }),
              },
            ]
          : [],
      ),
      CommonPrefixes: commonPrefixesOf(page.entries, encode),
    },
    context,
  );
};
