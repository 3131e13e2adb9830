import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Crc } from "./crc.ts";
import { type CrcKind, crc32cKind, crc32Kind, crc64NvmeKind } from "./crc-tables.ts";

/** A checksum over bytes that come piece by piece; asked for once. */
export interface Checksum {
  update(data: Uint8Array): unknown;
  digest(): Buffer;
}

interface Algorithm {
  start(): Checksum;
  /** Of those whose value for a whole follows from those of its parts. */
  readonly crc?: CrcKind;
}

/** By the name that S3 has for each. */
export const algorithms: Readonly<Record<string, Algorithm>> = {
  CRC32: { start: nativeCrc32, crc: crc32Kind },
  CRC32C: { start: () => new Crc(crc32cKind), crc: crc32cKind },
  CRC64NVME: { start: () => new Crc(crc64NvmeKind), crc: crc64NvmeKind },
  SHA1: { start: () => createHash("sha1") },
  SHA256: { start: () => createHash("sha256") },
};

function nativeCrc32(): Checksum {
  let value = 0;
  return {
    update(data) {
      value = crc32(data, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}
