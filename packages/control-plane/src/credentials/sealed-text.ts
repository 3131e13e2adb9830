import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Texts that the store keeps and nobody reads there: encrypted and authenticated with a key that follows from the house's. */
export class SealedTexts {
  readonly #key: Buffer;

  /** @param houseKey of 32 bytes @param purpose what is sealed; texts of one purpose do not open under another */
  constructor(houseKey: Buffer, purpose: string) {
    if (houseKey.length !== 32) throw new Error("sealed texts need a house key of 32 bytes");
    this.#key = Buffer.from(hkdfSync("sha256", houseKey, "", `sealed text ${purpose}`, 32));
  }

  seal(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** @throws Error if it was sealed with another key, or changed since */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  }
}
