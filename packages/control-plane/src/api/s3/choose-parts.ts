import { createHash } from "node:crypto";
import { algorithms } from "../../object-store/checksums/algorithms.ts";
import { CrcCombiner } from "../../object-store/checksums/combine-crc.ts";
import type { ObjectChecksum, Upload, UploadedPart } from "../../object-store/object-store.ts";
import { malformedXml, S3Error } from "./s3-error.ts";

/** A part as CompleteMultipartUpload names it. */
export type NamedPart = Readonly<Record<string, unknown>> & { readonly PartNumber?: number; readonly ETag?: string };

/** Every part but the last has at least so many bytes: 5 MiB. */
const smallestPart = 5 * 1024 ** 2;

/**
 * The parts that make up an object, in order. Source: S3 API reference, CompleteMultipartUpload.
 * @throws S3Error MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall
 */
export function chooseParts(
  named: readonly NamedPart[],
  uploaded: readonly UploadedPart[],
  uploadId: string,
): readonly UploadedPart[] {
  if (named.length === 0 || named.length > 10_000) throw malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const chosen = named.map((one, index) => {
    const number = one.PartNumber ?? 0;
    if (index > 0 && number <= (named[index - 1]?.PartNumber ?? 0)) {
      throw new S3Error(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        400,
        { UploadId: uploadId },
      );
    }
    const part = byNumber.get(number);
    if (part === undefined || (one.ETag ?? "").replaceAll('"', "") !== part.etag || !hasStatedChecksum(one, part)) {
      throw new S3Error(
        "InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { UploadId: uploadId, PartNumber: String(number), ETag: one.ETag ?? "" },
      );
    }
    return part;
  });
  const small = chosen.slice(0, -1).find(({ size }) => size < smallestPart);
  if (small !== undefined) {
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400, {
      ETag: small.etag,
      MinSizeAllowed: String(smallestPart),
      PartNumber: String(small.number),
      ProposedSize: String(small.size),
    });
  }
  return chosen;
}

function hasStatedChecksum(named: NamedPart, { checksum }: UploadedPart): boolean {
  const stated = Object.entries(named).filter(([name]) => name.startsWith("Checksum"));
  return stated.every(
    ([name, value]) => checksum !== undefined && name === `Checksum${checksum.algorithm}` && value === checksum.value,
  );
}

/** The MD5 of the parts' MD5s, and how many there are. */
export function multipartEtag(parts: readonly UploadedPart[]): string {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(Buffer.from(etag, "hex"));
  return `${hash.digest("hex")}-${parts.length}`;
}

/**
 * The checksum of an object of parts: that of the parts' checksums, or for CRCs that of the whole content. Undefined where the
 * upload asked for none. Source: S3 user guide, "Checking object integrity", checksum types.
 */
export function multipartChecksum({ checksum }: Upload, parts: readonly UploadedPart[]): ObjectChecksum | undefined {
  const algorithm = checksum && algorithms[checksum.algorithm];
  if (checksum === undefined || algorithm === undefined) return undefined;
  const values = parts.map((part): Buffer => Buffer.from(part.checksum?.value ?? "", "base64"));
  if (checksum.type === "COMPOSITE" || algorithm.crc === undefined) {
    const over = algorithm.start();
    for (const value of values) over.update(value);
    return { ...checksum, value: `${over.digest().toString("base64")}-${parts.length}` };
  }
  const combiner = new CrcCombiner(algorithm.crc);
  const [first = Buffer.alloc(0), ...others] = values;
  const whole = others.reduce((sum, value, index) => combiner.combine(sum, value, parts[index + 1]?.size ?? 0), first);
  return { ...checksum, value: whole.toString("base64") };
}
