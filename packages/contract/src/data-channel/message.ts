/**
 * The binary messages of the Session Manager data channel: what the session-manager-plugin and a server say to each other
 * over one WebSocket. All integers are big-endian; a header of 116 bytes, the payload's length, the payload.
 * Source: exec session protocol, section 2.2.
 */
export interface DataMessage {
  readonly type: DataMessageType;
  /** Counts the stream messages of one direction from 0; 0 in all others. */
  readonly sequence: number;
  readonly flags: number;
  /** A UUID. */
  readonly messageId: string;
  /** Epoch milliseconds, not 0. */
  readonly createdAt: number;
  /** One of `payloadTypes` in stream messages; 0 in all others. */
  readonly payloadType: number;
  readonly payload: Uint8Array;
}

export const dataMessageTypes = [
  "input_stream_data",
  "output_stream_data",
  "acknowledge",
  "channel_closed",
  "start_publication",
  "pause_publication",
] as const;
export type DataMessageType = (typeof dataMessageTypes)[number];

/** SHA-256 of the bytes: 32 bytes. This package has no cryptography of its own. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const headerLength = 116;
const payloadAt = headerLength + 4;
const schemaVersion = 1;
const at = {
  type: 4,
  schemaVersion: 36,
  createdAt: 40,
  sequence: 48,
  flags: 56,
  messageId: 64,
  digest: 80,
  payloadType: 112,
  payloadLength: 116,
} as const;
const typeLength = 32;
const digestLength = 32;

export function encodeDataMessage(message: DataMessage, sha256: Sha256): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(payloadAt + message.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerLength);
  bytes.set(new TextEncoder().encode(message.type.padEnd(typeLength, " ")), at.type);
  view.setUint32(at.schemaVersion, schemaVersion);
  view.setBigUint64(at.createdAt, BigInt(message.createdAt));
  view.setBigInt64(at.sequence, BigInt(message.sequence));
  view.setBigUint64(at.flags, BigInt(message.flags));
  bytes.set(uuidBytes(message.messageId), at.messageId);
  bytes.set(sha256(message.payload), at.digest);
  view.setUint32(at.payloadType, message.payloadType);
  view.setUint32(at.payloadLength, message.payload.length);
  bytes.set(message.payload, payloadAt);
  return bytes;
}

/**
 * Undefined for what is no message: too short, of an unknown type, without a time, or with a digest that does not fit; who
 * receives such a thing leaves it aside. The payload is a view into `bytes`.
 */
export function decodeDataMessage(bytes: Uint8Array, sha256: Sha256): DataMessage | undefined {
  if (bytes.length < payloadAt) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== headerLength) return undefined;
  const type = typeIn(bytes.subarray(at.type, at.type + typeLength));
  const createdAt = Number(view.getBigUint64(at.createdAt));
  const sequence = Number(view.getBigInt64(at.sequence));
  if (type === undefined || createdAt === 0 || !Number.isSafeInteger(sequence) || sequence < 0) return undefined;
  const payload = bytes.subarray(payloadAt);
  const digest = bytes.subarray(at.digest, at.digest + digestLength);
  if (view.getUint32(at.payloadLength) !== 0 && !areSame(digest, sha256(payload))) return undefined;
  return {
    type,
    sequence,
    flags: Number(view.getBigUint64(at.flags)),
    messageId: uuidIn(bytes.subarray(at.messageId, at.messageId + 16)),
    createdAt,
    payloadType: view.getUint32(at.payloadType),
    payload,
  };
}

/** Padded with spaces; NUL is read as well. */
function typeIn(field: Uint8Array): DataMessageType | undefined {
  const text = String.fromCharCode(...field).replace(/[ \0]+$/, "");
  return dataMessageTypes.find((type) => type === text);
}

/** The bytes 8 to 15 of a UUID come first, then those from 0 to 7. */
function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll("-", "");
  const swapped = digits.slice(16) + digits.slice(0, 16);
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(swapped.slice(2 * index, 2 * index + 2), 16));
}

function uuidIn(field: Uint8Array): string {
  const digits = [...field].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const unswapped = digits.slice(16) + digits.slice(0, 16);
  return unswapped.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const areSame = (one: Uint8Array, other: Uint8Array) =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
