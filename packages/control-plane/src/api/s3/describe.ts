import type { ListedObject, StoredObject } from "../../object-store/object-store.ts";
import type { S3Answer, S3Context } from "./s3-request.ts";
import { writeXml } from "./xml.ts";

export const quoted = (etag: string): string => `"${etag}"`;

/** The account, as S3 names owners. */
export const ownerOf = ({ settings }: Pick<S3Context, "settings">): { ID: string; DisplayName: string } => ({
  ID: settings.accountId.padStart(64, "0"),
  DisplayName: "hatoba",
});

/** An answer in XML, in the SDK's shape. */
export function xmlAnswer(operation: string, output: Readonly<Record<string, unknown>>, context: S3Context): S3Answer {
  const schema = context.schema(operation);
  if (schema === undefined) throw new Error(`no schema of ${operation}`);
  return { headers: { "content-type": "application/xml" }, body: writeXml(output, schema) };
}

/** As header and element: `ChecksumCRC32`, `x-amz-checksum-crc32`. */
export const checksumElement = (checksum: { algorithm: string; value: string } | undefined): Record<string, string> =>
  checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value };
export const checksumHeader = (checksum: { algorithm: string; value: string } | undefined): Record<string, string> =>
  checksum === undefined ? {} : { [`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value };

/** What HeadObject and GetObject say of an object, but for its length. */
export function objectHeaders(object: StoredObject, { withChecksum }: { readonly withChecksum: boolean }) {
  const tags = Object.keys(object.tags).length;
  const metadata = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value] as const);
  return {
    "accept-ranges": "bytes",
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    etag: quoted(object.etag),
    ...object.headers,
    ...Object.fromEntries(metadata),
    ...(tags > 0 ? { "x-amz-tagging-count": tags } : {}),
    ...(withChecksum && object.checksum
      ? { ...checksumHeader(object.checksum), "x-amz-checksum-type": object.checksum.type }
      : {}),
  };
}

/** As listings have it. */
export const listedAs = ({ key, size, etag, modifiedAt, checksum }: ListedObject, encode: (key: string) => string) => ({
  Key: encode(key),
  LastModified: new Date(modifiedAt),
  ETag: quoted(etag),
  ...(checksum === undefined ? {} : { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type }),
  Size: size,
  StorageClass: "STANDARD",
});
