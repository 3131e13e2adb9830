import type { CrcKind } from "./crc-tables.ts";

/** Products modulo the polynomial, of numbers as a reflected CRC has them: the highest bit is x to the power of 0. */
function times({ bits, polynomial }: CrcKind, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let mask = 1n << BigInt(bits - 1); mask > 0n; mask >>= 1n) {
    if (a & mask) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}

/**
 * Puts CRCs of pieces together to that of the whole, without the bytes. One for each object, since pieces tend to be of the
 * same size, and what a size needs is worked out once.
 */
export class CrcCombiner {
  readonly #kind: CrcKind;
  readonly #squares: bigint[];
  readonly #shifts = new Map<number, bigint>();

  constructor(kind: CrcKind) {
    this.#kind = kind;
    this.#squares = [1n << BigInt(kind.bits - 2)];
  }

  /** The CRC of two pieces. @param size of the second, in bytes */
  combine(first: Buffer, second: Buffer, size: number): Buffer {
    const joined = times(this.#kind, this.#shiftOf(size), numberOf(first)) ^ numberOf(second);
    return Buffer.from(joined.toString(16).padStart(this.#kind.bits / 4, "0"), "hex");
  }

  /** x to the power of 8 times `size`. */
  #shiftOf(size: number): bigint {
    const known = this.#shifts.get(size);
    if (known !== undefined) return known;
    let shift = 1n << BigInt(this.#kind.bits - 1);
    let index = 3;
    for (let left = BigInt(size); left > 0n; left >>= 1n, index++) {
      if (left & 1n) shift = times(this.#kind, this.#square(index), shift);
    }
    this.#shifts.set(size, shift);
    return shift;
  }

  /** x to the power of 2 to the power of `index`. */
  #square(index: number): bigint {
    for (let last = this.#squares.length - 1; last < index; last++) {
      const before = this.#squares[last] ?? 0n;
      this.#squares.push(times(this.#kind, before, before));
    }
    return this.#squares[index] ?? 0n;
  }
}

const numberOf = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex") || "0"}`);
