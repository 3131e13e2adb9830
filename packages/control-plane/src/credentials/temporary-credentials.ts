import { createHmac, timingSafeEqual } from "node:crypto";
import { type HouseKeys, houseKeys } from "./house-keys.ts";

/** Whom temporary credentials speak for: a session of a role. */
export interface RoleSession {
  /** As `arn:aws:iam::000000000000:role/app`. */
  readonly roleArn: string;
  /** Shown in the caller's ARN: `arn:aws:sts::…:assumed-role/app/SESSION-NAME`. A task's credentials have its id here. */
  readonly sessionName: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The task whose credentials these are; absent for AssumeRole. */
  readonly taskArn?: string;
  /** Epoch milliseconds: when the role was made that AssumeRole saw. One made later under its name is another. */
  readonly roleCreatedAt?: number;
  /** A policy that came with AssumeRole, as JSON: what it does not allow, the session may not. */
  readonly policy?: string;
  /** Managed policies that came with AssumeRole; with `policy`, what any of them allows. */
  readonly policyArns?: readonly string[];
  /** Tags that came with AssumeRole; they stand before the role's. */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/** Keys as AWS clients take them. */
export interface TemporaryKeys {
  /** `ASIA` and 16 letters or digits. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Makes and opens temporary credentials without keeping any: the token says for whom they are and is sealed with the
 * house's key, and id and secret follow from the token. So they hold over restarts, and nothing has to be looked up.
 */
export class TemporaryCredentials {
  private readonly keys: HouseKeys;

  /** @param keys of 32 bytes, secret; whoever has one can be every role */
  constructor(keys: Buffer | HouseKeys) {
    this.keys = houseKeys(keys);
  }

  issue(session: RoleSession): TemporaryKeys {
    const content = Buffer.from(JSON.stringify(session)).toString("base64url");
    const key = this.keys.current;
    return keysOf(key, `${content}.${sealOf(key, content)}`);
  }

  /** For whom these credentials are. Undefined if the token was not made here or is another key's. Expiry is not looked at. */
  open(
    accessKeyId: string,
    sessionToken: string,
  ): { readonly session: RoleSession; readonly keys: TemporaryKeys } | undefined {
    const [content, seal, ...rest] = sessionToken.split(".");
    if (content === undefined || seal === undefined || rest.length > 0) return undefined;
    const key = this.keys.all.find((each) => isSame(seal, sealOf(each, content)));
    if (key === undefined) return undefined;
    const keys = keysOf(key, sessionToken);
    if (!isSame(accessKeyId, keys.accessKeyId)) return undefined;
    return { session: JSON.parse(Buffer.from(content, "base64url").toString()) as RoleSession, keys };
  }

  /**
   * A UUID that follows from `name`, the same in every process of the house, and that nobody else can work out.
   * @param time epoch milliseconds, when what it is for was made: the id stays, whatever becomes of the house's key
   */
  secretUuid(name: string, time: number): string {
    const digits = macOf(this.keys.idsKeyAt(time), "uuid", name).toString("hex");
    const variant = ((Number.parseInt(digits.charAt(16), 16) & 3) | 8).toString(16);
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(13, 16)}`,
      `${variant}${digits.slice(17, 20)}`,
      digits.slice(20, 32),
    ].join("-");
  }
}

function keysOf(key: Buffer, sessionToken: string): TemporaryKeys {
  const id = macOf(key, "id", sessionToken);
  const letters = Array.from(id.subarray(0, 16), (byte) => base32[byte % base32.length]);
  return {
    accessKeyId: `ASIA${letters.join("")}`,
    secretAccessKey: macOf(key, "secret", sessionToken).subarray(0, 30).toString("base64"),
    sessionToken,
  };
}

const sealOf = (key: Buffer, content: string): string => macOf(key, "token", content).toString("base64url");

const macOf = (key: Buffer, purpose: string, text: string): Buffer =>
  createHmac("sha256", key).update(`${purpose}\n${text}`).digest();

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
