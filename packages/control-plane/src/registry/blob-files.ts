import { createReadStream, type ReadStream, unlinkSync } from "node:fs";
import { mkdir, open, opendir, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Blobs as files that are named after what is in them. A file is there with its whole content, on disk, or not at all, and never
 * changes; whether it is still wanted the store knows.
 */
export class BlobFiles {
  readonly #root: string;
  /** Digests whose file is there before anything in the store says so: how many hold each. */
  readonly #held = new Map<string, number>();

  /** @param root a folder of its own */
  constructor(root: string) {
    this.#root = root;
  }

  #pathOf(digest: string): string {
    const hex = digest.slice("sha256:".length);
    return join(this.#root, "sha256", hex.slice(0, 2), hex);
  }

  /** In bytes; undefined if it is not there. */
  async sizeOf(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.#pathOf(digest))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** @param range both ends are in it */
  read(digest: string, range?: { readonly start: number; readonly end: number }): ReadStream {
    return createReadStream(this.#pathOf(digest), { ...range, highWaterMark: 1024 * 1024 });
  }

  /**
   * Keeps the file of a digest from being removed until `work` is done: for whoever makes it, until the store says that it is
   * wanted.
   */
  async whileHeld<T>(digest: string, work: () => Promise<T>): Promise<T> {
    this.#held.set(digest, (this.#held.get(digest) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.#held.get(digest) ?? 1) - 1;
      if (left === 0) this.#held.delete(digest);
      else this.#held.set(digest, left);
    }
  }

  /** Takes over a file whose content has this digest and is on disk already; on disk under its new name when this resolves. */
  async adopt(path: string, digest: string): Promise<void> {
    const target = this.#pathOf(digest);
    const folder = dirname(target);
    if ((await this.sizeOf(digest)) !== undefined) {
      await flushFolder(folder); // whoever has just made it may not have come to that yet
      return unlink(path);
    }
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(path, target);
    await flushFolder(folder);
    if (made !== undefined) await flushFolder(dirname(folder));
  }

  /** Every digest that there is a file of. */
  async *digests(): AsyncIterable<string> {
    for await (const folder of entriesOf(join(this.#root, "sha256"))) {
      for await (const name of entriesOf(join(this.#root, "sha256", folder))) {
        if (/^[0-9a-f]{64}$/.test(name)) yield `sha256:${name}`;
      }
    }
  }

  /**
   * Removes a file unless it is held or `isWanted`. Nothing else happens between asking and removing.
   * @returns whether it is gone
   */
  removeUnless(digest: string, isWanted: () => boolean): boolean {
    if (this.#held.has(digest) || isWanted()) return false;
    try {
      unlinkSync(this.#pathOf(digest));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }
}

/** Names in a folder; none if it is not there. */
export async function* entriesOf(path: string): AsyncIterable<string> {
  try {
    for await (const { name } of await opendir(path)) yield name;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
