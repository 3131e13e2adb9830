import { randomBytes, randomUUID } from "node:crypto";
import { chmod, open, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createOnce } from "../platform/create-once.ts";
import type { HouseKeys } from "./house-keys.ts";
import { keysOfRing, newRingKey, type Ring } from "./key-ring.ts";

/** The house's keys as they are on disk and in use. Whoever has been given it sees a change at once. */
export class HouseKeyFile implements HouseKeys {
  readonly #path: string;
  #ring: Ring;
  #keys: HouseKeys;

  private constructor(path: string, ring: Ring) {
    this.#path = path;
    this.#ring = ring;
    this.#keys = keysOfRing(ring);
  }

  /**
   * Opens the file with the house's own secrets, which only its owner can read. The first call makes it; two processes that
   * do so at once end up with the same one. A file of 32 bytes is one key. @throws Error if it holds something else
   */
  static async open(path: string): Promise<HouseKeyFile> {
    await createOnce(path, randomBytes(32));
    await chmod(path, 0o600);
    await removeOldDrafts(path);
    return new HouseKeyFile(path, parseRing(await readFile(path), path));
  }

  get ring(): Ring {
    return this.#ring;
  }
  get current(): Buffer {
    return this.#keys.current;
  }
  get all(): readonly Buffer[] {
    return this.#keys.all;
  }
  idsKeyAt(time: number): Buffer {
    return this.#keys.idsKeyAt(time);
  }

  /** Takes another ring into use, once it is durable: it is there as a whole or not at all. */
  async replace(ring: Ring): Promise<void> {
    const draft = `${this.#path}.${randomUUID()}`;
    try {
      await writeFile(draft, `${JSON.stringify({ keys: ring })}\n`, { mode: 0o600, flush: true });
      await rename(draft, this.#path);
    } catch (error) {
      await unlink(draft).catch(() => undefined);
      throw error;
    }
    await flushDirectory(dirname(this.#path));
    this.#ring = ring;
    this.#keys = keysOfRing(ring);
  }
}

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Older than any that is still being written, in milliseconds. */
const oldDraftMs = 60_000;

/**
 * What a process that was killed left beside the file: it may hold keys that are long gone from it. Copies that somebody made
 * have other names and stay.
 */
async function removeOldDrafts(path: string): Promise<void> {
  const drafts = (await readdir(dirname(path))).filter(
    (name) => name.startsWith(`${basename(path)}.`) && isUuid.test(name.slice(basename(path).length + 1)),
  );
  for (const name of drafts) {
    const draft = join(dirname(path), name);
    const { mtimeMs } = await stat(draft).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > oldDraftMs) await unlink(draft).catch(() => undefined);
  }
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function parseRing(bytes: Buffer, path: string): Ring {
  if (bytes.length === 32) return [newRingKey(bytes, 0)];
  try {
    const { keys } = JSON.parse(bytes.toString("utf8")) as { readonly keys: Ring };
    if (Array.isArray(keys) && keys.every(isRingKey) && keys[0]?.key !== undefined) return keys;
  } catch {
    // Said below, without anything of what it holds.
  }
  throw new Error(`${path} does not hold the house's keys`);
}

const is32Bytes = (text: unknown) => typeof text === "string" && Buffer.from(text, "base64").length === 32;

function isRingKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { createdAt, key, idsKey } = value as Readonly<Record<string, unknown>>;
  return typeof createdAt === "number" && is32Bytes(idsKey) && (key === undefined || is32Bytes(key));
}
