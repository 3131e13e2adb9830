import type { ObjectChecksum, StoredObject } from "../../../object-store/object-store.ts";
import { chooseParts, multipartChecksum, multipartEtag, type NamedPart } from "../choose-parts.ts";
import { writeCondition } from "../conditions.ts";
import { checksumElement, quoted, xmlAnswer } from "../describe.ts";
import { encryptionHeader } from "../facts.ts";
import { requireBucket, requireUpload } from "../require.ts";
import { invalidRequest, noSuchUpload, S3Error } from "../s3-error.ts";
import type { S3Context, S3Operation, S3Request } from "../s3-request.ts";
import { payload } from "./buckets.ts";

/** 48.8 TiB, which is 10,000 parts of 5 GiB. */
const largestObject = 10_000 * 5 * 1024 ** 3;

function answerFor(object: StoredObject, request: S3Request, context: S3Context) {
  const { bucket, key, bucketUrl } = request;
  const path = key.split("/").map(encodeURIComponent).join("/");
  const answer = xmlAnswer(
    "CompleteMultipartUpload",
    {
      Location: `${bucketUrl}/${path}`,
      Bucket: bucket,
      Key: key,
      ETag: quoted(object.etag),
      ...checksumElement(object.checksum),
      ...(object.checksum ? { ChecksumType: object.checksum.type } : {}),
    },
    context,
  );
  return { ...answer, headers: { ...answer.headers, ...encryptionHeader(object) } };
}

/** A checksum of the whole that the request states has to be what came out. @throws S3Error BadDigest, InvalidRequest */
function requireStated({ headers }: S3Request, checksum: ObjectChecksum | undefined, size: number): void {
  const statedSize = headers["x-amz-mp-object-size"];
  if (statedSize !== undefined && statedSize !== String(size)) {
    throw invalidRequest("The provided 'x-amz-mp-object-size' header does not match what was computed.");
  }
  const stated = checksum && headers[`x-amz-checksum-${checksum.algorithm.toLowerCase()}`];
  if (stated === undefined || stated === checksum?.value || stated === checksum?.value.split("-")[0]) return;
  throw new S3Error(
    "BadDigest",
    `The ${checksum?.algorithm ?? ""} you specified did not match the calculated checksum.`,
    400,
  );
}

const replacedMeanwhile = (UploadId: string) =>
  new S3Error("InvalidPart", "A part was uploaded anew while the upload was completed.", 400, { UploadId });

/**
 * Asked a second time, it gives the same answer, as long as the object is the one that it made. Source: S3 API reference,
 * CompleteMultipartUpload.
 */
export const completeMultipartUpload: S3Operation = async (request, context) => {
  const { bucket, key, query } = request;
  requireBucket(request, context);
  const id = query.get("uploadId") ?? "";
  const there = context.objects.object(bucket, key);
  if (there !== undefined && there.uploadId === id && context.objects.upload(id) === undefined) {
    return answerFor(there, request, context);
  }
  const upload = requireUpload(request, context);
  const condition = writeCondition(request);
  const { Parts = [] } = await payload<{ Parts?: NamedPart[] }>("CompleteMultipartUpload", request, context);
  const parts = chooseParts(Parts, context.objects.parts(id), id);
  const checksum = multipartChecksum(upload, parts);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size > largestObject) throw invalidRequest("The object would be larger than S3's largest.");
  requireStated(request, checksum, size);
  const object: StoredObject = {
    bucket,
    key,
    size,
    etag: multipartEtag(parts),
    modifiedAt: context.clock.now(),
    headers: upload.headers,
    metadata: upload.metadata,
    tags: upload.tags,
    ...(checksum === undefined ? {} : { checksum }),
    uploadId: id,
    pieces: parts.map((part) => ({ file: part.file, size: part.size })),
  };
  if (await context.objects.completeUpload(id, object, condition)) return answerFor(object, request, context);
  const made = context.objects.object(bucket, key); // by the same call, made twice at once
  if (made?.uploadId === id) return answerFor(made, request, context);
  throw context.objects.upload(id) === undefined ? noSuchUpload(id) : replacedMeanwhile(id);
};
