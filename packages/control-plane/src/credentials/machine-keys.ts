import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type HouseKeys, houseKeys } from "./house-keys.ts";
import { SealedTexts, UnopenableError } from "./sealed-text.ts";

/** A machine's own access key, as it is told once. */
export interface MachineKey {
  /** `AKIA` and 16 letters or digits. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What the store has of a machine's key. */
export interface KeptMachineKey {
  readonly instanceId: string;
  readonly accessKeyId: string;
  readonly keySalt: string;
  /** Its secret, once the house has changed its own key since. */
  readonly sealedSecret?: string;
}

/**
 * Access keys of machines, whose secrets are kept nowhere: each follows from the house's key, the machine and a salt that
 * may be known. Another salt makes another key. When the house's key changes, secrets are sealed with the new one.
 */
export class MachineKeys {
  readonly #keys: HouseKeys;
  readonly #sealed: SealedTexts;

  /** @param keys of 32 bytes, secret; whoever has them can be every machine */
  constructor(keys: Buffer | HouseKeys) {
    this.#keys = houseKeys(keys);
    this.#sealed = new SealedTexts(this.#keys, "machine keys");
  }

  /** A new key: the same for the same machine and salt, in every process that has the house's key. */
  keyOf(instanceId: string, salt: string): MachineKey {
    return keyFrom(this.#keys.current, instanceId, salt);
  }

  /** The secret of a machine that joined. @throws UnopenableError if the house's key of that time is gone */
  secretOf({ instanceId, accessKeyId, keySalt, sealedSecret }: KeptMachineKey): string {
    if (sealedSecret !== undefined) return this.#sealed.open(sealedSecret);
    const key = this.#keys.all
      .map((houseKey) => keyFrom(houseKey, instanceId, keySalt))
      .find((each) => each.accessKeyId === accessKeyId);
    if (key === undefined) throw new UnopenableError(`the key of ${instanceId} cannot be made again`);
    return key.secretAccessKey;
  }

  /** The machine's secret sealed with the house's current key; undefined if it follows from that. @throws UnopenableError as `secretOf` */
  resealed(kept: KeptMachineKey): string | undefined {
    if (kept.sealedSecret !== undefined) return this.#sealed.reseal(kept.sealedSecret);
    const { instanceId, keySalt, accessKeyId } = kept;
    const isCurrent = this.keyOf(instanceId, keySalt).accessKeyId === accessKeyId;
    return isCurrent ? undefined : this.#sealed.seal(this.secretOf(kept));
  }
}

function keyFrom(houseKey: Buffer, instanceId: string, salt: string): MachineKey {
  const mac = (purpose: string) =>
    createHmac("sha256", houseKey).update(`machine ${purpose}\n${instanceId}\n${salt}`).digest();
  const letters = Array.from(mac("id").subarray(0, 16), (byte) => base32[byte % base32.length]);
  return {
    accessKeyId: `AKIA${letters.join("")}`,
    secretAccessKey: mac("secret").subarray(0, 30).toString("base64"),
  };
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
