import { type CrcKind, type CrcTables, tablesOf } from "./crc-tables.ts";

/** A CRC over bytes that come piece by piece. */
export class Crc {
  readonly #tables: CrcTables;
  readonly #isLong: boolean;
  #low = 0xffff_ffff;
  #high: number;

  constructor(kind: CrcKind) {
    this.#tables = tablesOf(kind);
    this.#isLong = kind.bits === 64;
    this.#high = this.#isLong ? 0xffff_ffff : 0;
  }

  update(data: Uint8Array): void {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let at = 0;
    for (const end = data.byteLength - 7; at < end; at += 8)
      this.#takeEight(view.getUint32(at, true), view.getUint32(at + 4, true));
    for (; at < data.byteLength; at++) this.#takeOne(data[at] ?? 0);
  }

  /** Four or eight bytes, the highest first. */
  digest(): Buffer {
    const bytes = Buffer.alloc(this.#isLong ? 8 : 4);
    if (this.#isLong) bytes.writeUInt32BE(~this.#high >>> 0, 0);
    bytes.writeUInt32BE(~this.#low >>> 0, this.#isLong ? 4 : 0);
    return bytes;
  }

  #takeEight(first: number, second: number): void {
    const { low, high } = this.#tables;
    const a = first ^ this.#low;
    const b = second ^ this.#high; // of 32 bits there is no upper half, so it is zero
    const i0 = 1792 + (a & 0xff);
    const i1 = 1536 + ((a >>> 8) & 0xff);
    const i2 = 1280 + ((a >>> 16) & 0xff);
    const i3 = 1024 + (a >>> 24);
    const i4 = 768 + (b & 0xff);
    const i5 = 512 + ((b >>> 8) & 0xff);
    const i6 = 256 + ((b >>> 16) & 0xff);
    const i7 = b >>> 24;
    this.#low = mixed(low, i0, i1, i2, i3) ^ mixed(low, i4, i5, i6, i7);
    if (this.#isLong) this.#high = mixed(high, i0, i1, i2, i3) ^ mixed(high, i4, i5, i6, i7);
  }

  #takeOne(byte: number): void {
    const index = (this.#low ^ byte) & 0xff;
    this.#low = (this.#tables.low[index] ?? 0) ^ ((this.#low >>> 8) | (this.#high << 24));
    this.#high = (this.#tables.high[index] ?? 0) ^ (this.#high >>> 8);
  }
}

const mixed = (table: Uint32Array, a: number, b: number, c: number, d: number) =>
  (table[a] ?? 0) ^ (table[b] ?? 0) ^ (table[c] ?? 0) ^ (table[d] ?? 0);
