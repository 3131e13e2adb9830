import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { constants, zstdCompressSync, zstdDecompress, zstdDecompressSync } from "node:zlib";
import { type BlockEvent, encodeBlock } from "../blocks/block.ts";
import { makeDirectory, syncDirectory } from "../journal/journal.ts";
import type { LogPosition } from "../log-store.ts";
import { comparePositions } from "../position.ts";

/** What is known of a block without reading it. Offsets and lengths in bytes of the file. */
export interface BlockAbout {
  readonly offset: number;
  readonly length: number;
  /** Once decompressed. */
  readonly size: number;
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

const positionOf = ({ timestamp, sequence }: LogPosition): LogPosition => ({ timestamp, sequence });

function boundsOf(events: readonly BlockEvent[]): { readonly first: LogPosition; readonly last: LogPosition } {
  let [first, last] = [events[0] as LogPosition, events[0] as LogPosition];
  for (const event of events) {
    if (comparePositions(event, first) < 0) first = event;
    if (comparePositions(event, last) > 0) last = event;
  }
  return { first: positionOf(first), last: positionOf(last) };
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

/** What is read at a time of a file that is read from one end to the other. */
const windowBytes = 1024 * 1024;

/** A segment's file, open for reading. Every error names it. */
export class SegmentReader {
  readonly #path: string;
  readonly #file: FileHandle;
  /** Where the block that was asked for last ends. */
  #end = 0;
  #window: { readonly start: number; readonly bytes: Promise<Buffer> } | undefined;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async open(path: string): Promise<SegmentReader> {
    return new SegmentReader(path, await open(path, "r"));
  }

  async blocks(): Promise<readonly BlockAbout[]> {
    const { size } = await this.#file.stat();
    const tail = await this.#read(size - tailBytes, tailBytes);
    if (tail.readUInt32LE(4) !== magic) throw new Error(`${this.#path} is damaged: it has no end`);
    const length = tail.readUInt32LE(0);
    const list = await this.#read(size - tailBytes - length, length);
    try {
      return parseList(list);
    } catch (error) {
      throw this.#damaged(error);
    }
  }

  /** Encoded, as `decodeBlock` takes it. Decompressed by another thread. */
  async block({ offset, length, size }: BlockAbout): Promise<Buffer> {
    const bytes = await this.#piece(offset, length);
    return new Promise((resolve, reject) => {
      zstdDecompress(bytes, inOnePiece(size), (error, block) => {
        if (error === null) resolve(block);
        else reject(this.#damaged(error));
      });
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Blocks that follow each other are read many at a time. */
  async #piece(offset: number, length: number): Promise<Buffer> {
    const isNext = offset === this.#end;
    this.#end = offset + length;
    for (const isRenewed of [false, true]) {
      if (isRenewed) {
        if (!isNext || length > windowBytes) break;
        this.#window = { start: offset, bytes: this.#readUpTo(offset, windowBytes) };
      }
      if (this.#window === undefined || offset < this.#window.start) continue;
      const at = offset - this.#window.start;
      if (at + length > windowBytes) continue;
      const bytes = await this.#window.bytes;
      if (at + length <= bytes.length) return bytes.subarray(at, at + length);
    }
    return this.#read(offset, length);
  }

  async #readUpTo(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  }

  async #read(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.max(length, 0));
    const { bytesRead } = await this.#file.read(bytes, 0, length, Math.max(offset, 0));
    if (bytesRead !== length) throw new Error(`${this.#path} is damaged: it is too short`);
    return bytes;
  }

  #damaged(cause: unknown): Error {
    return new Error(`${this.#path} is damaged`, { cause });
  }
}
