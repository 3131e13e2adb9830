import { closeSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type BlockEvent, encodeBlock } from "../blocks/block.ts";
import { makeDirectory, syncDirectory } from "../journal/journal.ts";
import type { LogPosition } from "../log-store.ts";
import { boundsOf, comparePositions, positionOf } from "../position.ts";

/** Where a block is. Offset and length in bytes of the file. */
export interface BlockPlace {
  readonly offset: number;
  readonly length: number;
  /** Once decompressed. */
  readonly size: number;
}
/** What is known of a block without reading it. */
export interface BlockAbout extends BlockPlace {
  readonly first: LogPosition;
  readonly last: LogPosition;
  readonly streamIds: readonly number[];
}
export interface WrittenSegment {
  /** Of the file. */
  readonly bytes: number;
  readonly events: number;
  readonly first: LogPosition;
  readonly last: LogPosition;
}

/** Events of one slice of time lie together by stream, so that one stream's are few blocks and all streams' of a moment too. */
const sliceBytes = 4 * 1024 * 1024;
const blockBytes = 256 * 1024;
/** For columns and stream names: an event of no text takes room too. */
const eventOverhead = 16;
const tailBytes = 8;
const magic = 0x31_4c_54_48; // "HTL1"

/**
 * Writes events, which come in their order, into a new file: zstd frames with checksums one behind the other, a list of them, and
 * the length of that list. It is on disk, its directory too, when this returns.
 */
export function writeSegment(path: string, events: readonly BlockEvent[]): WrittenSegment {
  makeDirectory(dirname(path));
  const file = openSync(path, "w", 0o600);
  try {
    const blocks: BlockAbout[] = [];
    let offset = 0;
    const write = (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      offset += bytes.length;
    };
    for (const slice of pieces(events, sliceBytes)) {
      const byStream = slice.toSorted((a, b) => a.streamId - b.streamId || comparePositions(a, b));
      for (const piece of pieces(byStream, blockBytes)) {
        const block = encodeBlock(piece);
        const about = { offset, size: block.length, ...boundsOf(piece), streamIds: streamsOf(piece) };
        const compressed = compress(block);
        write(compressed);
        blocks.push({ ...about, length: compressed.length });
      }
    }
    const list = compress(Buffer.from(JSON.stringify(blocks)));
    write(list);
    const tail = Buffer.alloc(tailBytes);
    tail.writeUInt32LE(list.length, 0);
    tail.writeUInt32LE(magic, 4);
    write(tail);
    fsyncSync(file);
    const [first, last] = [events[0], events.at(-1)];
    if (first === undefined || last === undefined) throw new Error("A segment has at least one event.");
    return { bytes: offset, events: events.length, first: positionOf(first), last: positionOf(last) };
  } finally {
    closeSync(file);
    syncDirectory(dirname(path));
  }
}

const compress = (bytes: Buffer) =>
  zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: 1 },
  });

/** Consecutive events of so many bytes; one that is longer goes alone. */
function* pieces(events: readonly BlockEvent[], bytes: number): Generator<readonly BlockEvent[]> {
  let [start, size] = [0, 0];
  for (const [at, { message }] of events.entries()) {
    if (size >= bytes) {
      yield events.slice(start, at);
      [start, size] = [at, 0];
    }
    size += message.length + eventOverhead;
  }
  if (start < events.length) yield events.slice(start);
}

const streamsOf = (events: readonly BlockEvent[]) => [...new Set(events.map(({ streamId }) => streamId))];

/** All blocks of a segment, encoded. @throws Error that names the file if it is damaged */
export function* readSegmentSync(path: string): Generator<Buffer> {
  const bytes = readFileSync(path);
  try {
    for (const { offset, length, size } of listOf(bytes)) {
      yield zstdDecompressSync(bytes.subarray(offset, offset + length), inOnePiece(size));
    }
  } catch (error) {
    throw new Error(`${path} is damaged`, { cause: error });
  }
}

/** Room for all of it and the frame's end: by default it would come in many small pieces. */
const inOnePiece = (size: number) => ({ chunkSize: size + 1024 });

function listOf(bytes: Buffer): readonly BlockAbout[] {
  const at = bytes.length - tailBytes;
  if (at < 0 || bytes.readUInt32LE(at + 4) !== magic) throw new Error("It has no end.");
  return parseList(bytes.subarray(at - bytes.readUInt32LE(at), at));
}
const parseList = (list: Buffer) => JSON.parse(zstdDecompressSync(list).toString()) as readonly BlockAbout[];

/** The list of a segment's blocks. @throws Error that names the file if it is damaged */
export async function readBlockList(path: string): Promise<readonly BlockAbout[]> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const tail = await readPiece(file, size - tailBytes, tailBytes);
    if (tail.readUInt32LE(4) !== magic) throw new Error("It has no end.");
    const length = tail.readUInt32LE(0);
    return parseList(await readPiece(file, size - tailBytes - length, length));
  } catch (error) {
    throw new Error(`${path} is damaged`, { cause: error });
  } finally {
    await file.close();
  }
}

async function readPiece(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(length, 0));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, Math.max(at, 0));
  if (bytesRead !== length) throw new Error("It is too short.");
  return bytes;
}

/** One block, encoded. Holds up its thread for as long as it takes. @throws Error that names the file if it is damaged */
export function readBlockSync(path: string, { offset, length, size }: BlockPlace): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafe(length);
    if (readSync(file, bytes, 0, length, offset) !== length) throw new Error("It is too short.");
    return zstdDecompressSync(bytes, inOnePiece(size));
  } catch (error) {
    throw new Error(`${path} is damaged`, { cause: error });
  } finally {
    closeSync(file);
  }
}
