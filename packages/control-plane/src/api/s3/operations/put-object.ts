import type { Piece, StoredObject } from "../../../object-store/object-store.ts";
import { requireKeyLength } from "../address.ts";
import { requireLength } from "../body.ts";
import { writeCondition } from "../conditions.ts";
import { checksumHeader, quoted } from "../describe.ts";
import { encryptionHeader, factsOf } from "../facts.ts";
import { type Findings, inspectionOf } from "../inspection.ts";
import { requireBucket } from "../require.ts";
import { noSuchBucket } from "../s3-error.ts";
import type { S3Context, S3Operation, S3Request } from "../s3-request.ts";

/**
 * Writes a content and then makes it somebody's by `keep`; what became nobody's is discarded.
 * @param keep says false where there is nothing any more that it could belong to
 */
export async function withContent<T>(
  { objects }: Pick<S3Context, "objects">,
  source: AsyncIterable<Uint8Array>,
  keep: (piece: Piece) => Promise<T>,
): Promise<T> {
  const piece = await objects.write(source);
  try {
    return await keep(piece);
  } catch (error) {
    await objects.discard(piece);
    throw error;
  }
}

/** An object of one content. */
export const wholeObject = (
  { bucket, key }: Pick<S3Request, "bucket" | "key">,
  piece: Piece,
  { md5, checksum }: Findings,
  facts: Omit<StoredObject, "bucket" | "key" | "size" | "etag" | "pieces" | "checksum">,
): StoredObject => ({
  bucket,
  key,
  size: piece.size,
  etag: md5,
  ...facts,
  ...(checksum === undefined ? {} : { checksum: { ...checksum, type: "FULL_OBJECT" } }),
  pieces: [piece],
});

/** Source: S3 API reference, PutObject. */
export const putObject: S3Operation = async (request, context) => {
  const { bucket, key, body } = request;
  requireKeyLength(key);
  const owner = requireBucket(request, context);
  requireLength(body);
  const facts = factsOf(request, owner);
  const condition = writeCondition(request);
  condition?.(context.objects.object(bucket, key)); // before the body comes; and again when it is there
  const inspection = inspectionOf(request);
  const object = await withContent(context, inspection.through(body.stream()), async (piece) => {
    const made = wholeObject(request, piece, inspection.findings(), { ...facts, modifiedAt: context.clock.now() });
    if (!(await context.objects.putObject(made, condition))) throw noSuchBucket(bucket);
    return made;
  });
  return {
    headers: {
      etag: quoted(object.etag),
      ...encryptionHeader(object),
      ...checksumHeader(object.checksum),
      ...(object.checksum === undefined ? {} : { "x-amz-checksum-type": "FULL_OBJECT" }),
    },
  };
};
