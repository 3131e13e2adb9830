import type { LogPosition } from "../log-store.ts";
import { NumberReader, NumberWriter } from "./varint.ts";

/** An event as it is kept: its stream by number, its message as text or as the UTF-8 bytes of it. */
export interface BlockEvent extends LogPosition {
  readonly streamId: number;
  readonly ingestedAt: number;
  readonly message: string | Uint8Array;
}

/** A block taken apart, column by column; position `n` of each column is event `n`. */
export interface Block {
  readonly count: number;
  readonly streamIds: Float64Array;
  readonly timestamps: Float64Array;
  readonly sequences: Float64Array;
  readonly ingestedAt: Float64Array;
  /** Message `n` lies in `messages` from `ends[n - 1]` (or 0) to `ends[n]`. */
  readonly ends: Uint32Array;
  readonly messages: Buffer;
}

const lengthBytes = 4;

/**
 * Events as bytes: the length of the columns, the columns (differences, since neighbours are alike), and all messages one behind
 * the other, where a text can be looked for without taking anything apart.
 */
export function encodeBlock(events: readonly BlockEvent[]): Buffer {
  const columns = new NumberWriter(64 + events.length * 6);
  columns.write(events.length);
  let [streamId, timestamp, sequence, ingestedAt] = [0, 0, 0, 0];
  for (const event of events) {
    columns.writeSigned(event.streamId - streamId);
    columns.writeSigned(event.timestamp - timestamp);
    columns.writeSigned(event.sequence - sequence - 1);
    columns.writeSigned(event.ingestedAt - ingestedAt);
    ({ streamId, timestamp, sequence, ingestedAt } = event);
  }
  const messages = events.map(({ message }) => message);
  const bytes = messages.every((message) => typeof message === "string")
    ? writeTexts(messages, columns)
    : writeBytes(messages, columns);
  const length = Buffer.allocUnsafe(lengthBytes);
  length.writeUInt32LE(columns.written.length);
  return Buffer.concat([length, columns.written, bytes]);
}

function writeTexts(messages: readonly string[], columns: NumberWriter): Buffer {
  const bytes = Buffer.from(messages.join("")); // at once: one by one takes many times as long
  const isAscii = bytes.length === messages.reduce((sum, { length }) => sum + length, 0);
  for (const message of messages) columns.write(isAscii ? message.length : Buffer.byteLength(message));
  // Half a character at the end of one and at the beginning of the next would have become a whole one.
  const isWhole = isAscii || messages.every((message) => message.isWellFormed());
  return isWhole ? bytes : Buffer.concat(messages.map((message) => Buffer.from(message)));
}

function writeBytes(messages: readonly (string | Uint8Array)[], columns: NumberWriter): Buffer {
  const pieces = messages.map((message) => (typeof message === "string" ? Buffer.from(message) : message));
  for (const { length } of pieces) columns.write(length);
  return Buffer.concat(pieces);
}

/** The messages of an encoded block, one behind the other. */
export function messagesOf(bytes: Buffer): Buffer {
  return bytes.subarray(lengthBytes + bytes.readUInt32LE());
}

/** @throws RangeError for what is no block */
export function decodeBlock(bytes: Buffer): Block {
  const reader = new NumberReader(bytes, lengthBytes);
  const count = reader.read();
  const column = () => new Float64Array(count);
  const [streamIds, timestamps, sequences, ingestedAt] = [column(), column(), column(), column()];
  let [streamId, timestamp, sequence, ingested] = [0, 0, 0, 0];
  for (let at = 0; at < count; at++) {
    streamIds[at] = streamId += reader.readSigned();
    timestamps[at] = timestamp += reader.readSigned();
    sequences[at] = sequence += reader.readSigned() + 1;
    ingestedAt[at] = ingested += reader.readSigned();
  }
  const ends = new Uint32Array(count);
  let end = 0;
  for (let at = 0; at < count; at++) ends[at] = end += reader.read();
  return { count, streamIds, timestamps, sequences, ingestedAt, ends, messages: messagesOf(bytes) };
}

/** The bytes of one message. */
export function messageAt({ ends, messages }: Block, at: number): Buffer {
  return messages.subarray(at === 0 ? 0 : ends[at - 1], ends[at]);
}

/** Events of a block as objects; their messages stay bytes of the block. */
export function eventsOf(block: Block): BlockEvent[] {
  return Array.from({ length: block.count }, (_, at) => ({
    streamId: block.streamIds[at] ?? 0,
    timestamp: block.timestamps[at] ?? 0,
    sequence: block.sequences[at] ?? 0,
    ingestedAt: block.ingestedAt[at] ?? 0,
    message: messageAt(block, at),
  }));
}
