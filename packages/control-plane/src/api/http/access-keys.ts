import { randomBytes, randomInt } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { roleUniqueId } from "../../credentials/role-unique-id.ts";
import type { TemporaryCredentials } from "../../credentials/temporary-credentials.ts";
import { createOnce } from "../../platform/create-once.ts";
import type { Settings } from "../../settings.ts";
import type { Caller } from "../operation-context.ts";

/** What is known of an access key. */
export interface AccessKey {
  readonly secretAccessKey: string;
  /** Temporary keys only go together with their token. */
  readonly sessionToken?: string;
  /** Epoch milliseconds; absent for a key that does not expire. */
  readonly expiresAt?: number;
  readonly caller: Caller;
}

/** Where access keys are looked up. */
export interface AccessKeys {
  /** Undefined for a key that there is not, or no longer. @param sessionToken as sent with the request, for temporary keys */
  lookupKey(accessKeyId: string, sessionToken?: string): AccessKey | undefined;
}

/** Looks in each of `sources`, in order. */
export const firstOf = (...sources: readonly AccessKeys[]): AccessKeys => ({
  lookupKey(accessKeyId, sessionToken) {
    for (const source of sources) {
      const key = source.lookupKey(accessKeyId, sessionToken);
      if (key !== undefined) return key;
    }
    return undefined;
  },
});

/** The temporary credentials that this house issues. */
export const temporaryKeys = (
  credentials: TemporaryCredentials,
  { accountId, region }: Pick<Settings, "accountId" | "region">,
): AccessKeys => ({
  lookupKey(accessKeyId, sessionToken) {
    const opened = sessionToken === undefined ? undefined : credentials.open(accessKeyId, sessionToken);
    if (opened === undefined) return undefined;
    const { session, keys } = opened;
    const roleName = session.roleArn.split("/").at(-1) ?? "";
    const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${session.sessionName}`;
    const userId = `${roleUniqueId(session.roleArn)}:${session.sessionName}`;
    return {
      secretAccessKey: keys.secretAccessKey,
      sessionToken: keys.sessionToken,
      expiresAt: session.expiresAt,
      caller: { accountId, region, arn, userId, accessKeyId, roleSession: session },
    };
  },
});

/** As written in credentials.json. */
interface RootKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * The account's root key, kept in a file that only its owner can read. The first call makes it; two processes that do so
 * at once end up with the same one. @throws Error if the file is there but holds no key
 */
export async function openRootKey(path: string, settings: Pick<Settings, "accountId" | "region">): Promise<AccessKeys> {
  const { accessKeyId, secretAccessKey } = (await createKey(path)) ?? (await readKey(path));
  const { accountId, region } = settings;
  const caller = { accountId, region, arn: `arn:aws:iam::${accountId}:root`, userId: accountId, accessKeyId };
  const root: AccessKey = { secretAccessKey, caller };
  return { lookupKey: (id) => (id === accessKeyId ? root : undefined) };
}

/** Writes a new key; undefined if the file is already there. It appears with its whole content or not at all. */
async function createKey(path: string): Promise<RootKey | undefined> {
  const key = newKey();
  return (await createOnce(path, `${JSON.stringify(key, undefined, 2)}\n`)) ? key : undefined;
}

async function readKey(path: string): Promise<RootKey> {
  await chmod(path, 0o600);
  const content = JSON.parse(await readFile(path, "utf8")) as Partial<RootKey>;
  if (typeof content.accessKeyId !== "string" || typeof content.secretAccessKey !== "string") {
    throw new Error(`${path} holds no access key. Remove it, and the next start makes a new one.`);
  }
  return { accessKeyId: content.accessKeyId, secretAccessKey: content.secretAccessKey };
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An id of `AKIA` and 16 letters or digits, a secret of 40 characters. */
const newKey = (): RootKey => ({
  accessKeyId: `AKIA${Array.from({ length: 16 }, () => base32[randomInt(base32.length)]).join("")}`,
  secretAccessKey: randomBytes(30).toString("base64"),
});
