/** Whole numbers up to 2^53 as bytes, seven bits each, the lowest first; small ones are short. */
export class NumberWriter {
  #bytes: Buffer;
  #end = 0;

  constructor(capacity = 1024) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Not negative. */
  write(value: number): void {
    if (this.#end + 8 > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(this.#bytes.length * 2);
      this.#bytes.copy(grown, 0, 0, this.#end);
      this.#bytes = grown;
    }
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#end++] = (rest % 128) | 128;
      rest = rest < 2 ** 31 ? rest >>> 7 : Math.floor(rest / 128);
    }
    this.#bytes[this.#end++] = rest;
  }

  /** Of either sign; near zero is short. */
  writeSigned(value: number): void {
    this.write(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** What was written so far; it is the writer's own memory. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }
}

/** Reads back what a NumberWriter wrote. */
export class NumberReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  /** @throws RangeError at the end of the bytes */
  read(): number {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("The bytes end within a number.");
      if (byte < 128) return value + byte * factor;
      value += (byte - 128) * factor;
      factor *= 128;
    }
  }

  readSigned(): number {
    const value = this.read();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
