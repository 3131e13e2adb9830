import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { type HouseKeys, houseKeys } from "./house-keys.ts";

/** It was sealed with none of the house's keys, or changed since. Its message repeats nothing of it. */
export class UnopenableError extends Error {
  override readonly name = "UnopenableError";
}

/**
 * Texts that the store keeps and nobody reads there: encrypted and authenticated with a key that follows from the house's.
 * The house's current key seals; those of before still open.
 */
export class SealedTexts {
  readonly #keys: HouseKeys;
  readonly #purpose: string;
  readonly #derived = new WeakMap<Buffer, Buffer>();

  /** @param keys of 32 bytes @param purpose what is sealed; texts of one purpose do not open under another */
  constructor(keys: Buffer | HouseKeys, purpose: string) {
    this.#keys = houseKeys(keys);
    this.#purpose = purpose;
  }

  seal(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#derive(this.#keys.current), nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** @throws UnopenableError if it was sealed with none of the house's keys, or changed since */
  open(sealed: string): string {
    for (const key of this.#keys.all) {
      const text = this.#openWith(key, sealed);
      if (text !== undefined) return text;
    }
    throw new UnopenableError(
      `a sealed text (${this.#purpose}) does not open: it was sealed with another key, or has been changed`,
    );
  }

  /** The same text sealed with the house's current key; the very same where that is so already. @throws UnopenableError as `open` */
  reseal(sealed: string): string {
    return this.#openWith(this.#keys.current, sealed) === undefined ? this.seal(this.open(sealed)) : sealed;
  }

  #openWith(key: Buffer, sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, "base64");
    if (bytes.length < 28) return undefined;
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#derive(key), bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
    } catch {
      return undefined; // Not this key's.
    }
  }

  #derive(key: Buffer): Buffer {
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const derived = Buffer.from(hkdfSync("sha256", key, "", `sealed text ${this.#purpose}`, 32));
    this.#derived.set(key, derived);
    return derived;
  }
}
