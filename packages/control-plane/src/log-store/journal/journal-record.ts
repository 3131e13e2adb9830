import { crc32 } from "node:zlib";
import { NumberReader, NumberWriter } from "../blocks/varint.ts";
import type { Delivery } from "../log-store.ts";

/** One append as the journal keeps it: events of one stream. */
export interface JournalRecord {
  readonly groupId: number;
  readonly delivery?: Delivery;
  /** An encoded block. */
  readonly block: Buffer;
}

const headBytes = 8;

/** Length and checksum, group, delivery, block: in pieces that are to be written one behind the other. @param block encoded */
export function encodeRecord(groupId: number, delivery: Delivery | undefined, block: Buffer): readonly Buffer[] {
  const source = Buffer.from(delivery?.source ?? "");
  const about = new NumberWriter(32);
  about.write(groupId);
  about.write(delivery?.number ?? 0);
  about.write(source.length);
  const head = Buffer.concat([Buffer.alloc(headBytes), about.written, source]);
  head.writeUInt32LE(head.length - headBytes + block.length, 0);
  head.writeUInt32LE(crc32(block, crc32(head.subarray(headBytes))), 4);
  return [head, block];
}

/** All records of a journal's bytes, and where the last whole one ends: what follows was not written to its end. */
export function decodeRecords(bytes: Buffer): { readonly records: readonly JournalRecord[]; readonly end: number } {
  const records: JournalRecord[] = [];
  let at = 0;
  while (at + headBytes <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const body = bytes.subarray(at + headBytes, at + headBytes + length);
    // A length of nothing: the file was made longer, but what was to stand there never came to the disk.
    if (length === 0 || body.length < length || crc32(body) !== bytes.readUInt32LE(at + 4)) break;
    records.push(decodeBody(body));
    at += headBytes + length;
  }
  return { records, end: at };
}

function decodeBody(body: Buffer): JournalRecord {
  const reader = new NumberReader(body);
  const [groupId, number, sourceBytes] = [reader.read(), reader.read(), reader.read()];
  const start = reader.position;
  const source = body.toString("utf8", start, start + sourceBytes);
  return {
    groupId,
    ...(source === "" ? {} : { delivery: { source, number } }),
    block: body.subarray(start + sourceBytes),
  };
}
