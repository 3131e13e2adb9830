/**
 * Frames of smux, version 1: several streams of bytes over one. Numbers are little-endian; a head of eight bytes, then data.
 * Source: exec session protocol, section 2.15.
 */
export interface SmuxFrame {
  readonly command: SmuxCommand;
  readonly stream: number;
  /** At most 65,535 bytes; empty but for PSH. */
  readonly data: Uint8Array;
}
export type SmuxCommand = "SYN" | "FIN" | "PSH" | "NOP";

const version = 1;
const headBytes = 8;
const commands = ["SYN", "FIN", "PSH", "NOP"] as const;
/** The client's own default for one frame's data, in bytes. */
export const smuxDataBytes = 32_768;

const nothing = new Uint8Array();

export function encodeSmux(command: SmuxCommand, stream: number, data: Uint8Array = nothing): Buffer {
  const frame = Buffer.alloc(headBytes + data.length);
  frame[0] = version;
  frame[1] = commands.indexOf(command);
  frame.writeUInt16LE(data.length, 2);
  frame.writeUInt32LE(stream, 4);
  frame.set(data, headBytes);
  return frame;
}

/** What came is no smux of version 1: nothing after it can be understood. */
export class SmuxError extends Error {
  override readonly name = "SmuxError";
}

/** Takes a stream of bytes apart into frames, however the bytes arrive; holds one frame at the most. */
export class SmuxDecoder {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws SmuxError */
  *push(chunk: Uint8Array): Generator<SmuxFrame> {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= headBytes) {
      const command = commands[this.#rest[1] ?? commands.length];
      if (this.#rest[0] !== version || command === undefined) throw new SmuxError("not smux version 1");
      const end = headBytes + this.#rest.readUInt16LE(2);
      if (this.#rest.length < end) return;
      yield { command, stream: this.#rest.readUInt32LE(4), data: this.#rest.subarray(headBytes, end) };
      this.#rest = this.#rest.subarray(end);
    }
  }
}
