import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** A machine's own access key, as it is told once. */
export interface MachineKey {
  /** `AKIA` and 16 letters or digits. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Access keys of machines whose secrets are kept nowhere: each follows from the house's key, the machine and a salt that
 * may be known. Another salt makes another key.
 */
export class MachineKeys {
  readonly #houseKey: Buffer;

  /** @param houseKey of 32 bytes, secret; whoever has it can be every machine */
  constructor(houseKey: Buffer) {
    if (houseKey.length !== 32) throw new Error("machine keys follow from a house key of 32 bytes");
    this.#houseKey = houseKey;
  }

  /** The same key for the same machine and salt, in every process that has the house's key. */
  keyOf(instanceId: string, salt: string): MachineKey {
    const mac = (purpose: string) =>
      createHmac("sha256", this.#houseKey).update(`machine ${purpose}\n${instanceId}\n${salt}`).digest();
    const letters = Array.from(mac("id").subarray(0, 16), (byte) => base32[byte % base32.length]);
    return {
      accessKeyId: `AKIA${letters.join("")}`,
      secretAccessKey: mac("secret").subarray(0, 30).toString("base64"),
    };
  }
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const codeLength = 24;

/** An activation code: 24 letters and digits, 120 random bits. */
export const newActivationCode = (): string =>
  Array.from(randomBytes(codeLength), (byte) => base32[byte % base32.length]).join("");

/** What is kept of an activation code. */
export const hashOfCode = (code: string): string => createHash("sha256").update(code).digest("hex");

/** Whether a code is the one with this hash; takes as long either way. */
export const isCode = (code: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(hashOfCode(code), "hex"), Buffer.from(hash, "hex"));
