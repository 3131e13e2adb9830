import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { type FileHandle, mkdir, open, opendir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Piece } from "./object-store.ts";

/** Read at a time. */
const chunkBytes = 256 * 1024;
const isName = (name: string) => /^[0-9a-f]{32}$/.test(name);

/**
 * Contents as files under random names, each written once and never changed. Which of them count is said elsewhere, so a file
 * that is half written when the process dies is one that nobody knows of, and goes with the next sweep.
 */
export class ContentFiles {
  readonly #folder: string;
  /** Files that are written, and not yet anybody's. */
  readonly #drafts = new Set<string>();
  /** How many read a file just now; and which of those go when the last is done. */
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();
  /** Folders of files that are known to be on disk: 256 at most. */
  readonly #shards = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** On disk when it resolves, its name too. */
  async write(source: AsyncIterable<Uint8Array>): Promise<Piece> {
    const file = randomBytes(16).toString("hex");
    const path = this.#pathOf(file);
    this.#drafts.add(file);
    try {
      await this.#makeShard(dirname(path));
      const handle = await open(path, "wx", 0o600);
      let size = 0;
      try {
        for await (const chunk of source) {
          await writeAll(handle, chunk);
          size += chunk.byteLength;
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncFolder(dirname(path));
      return { file, size };
    } catch (error) {
      await this.discard({ file, size: 0 });
      throw error;
    }
  }

  /** The file belongs to something from now on. */
  adopt({ file }: Piece): void {
    this.#drafts.delete(file);
  }

  async discard({ file }: Piece): Promise<void> {
    await rm(this.#pathOf(file), { force: true });
    this.#drafts.delete(file);
  }

  /** Removes a file, once nobody reads it any more. Should that fail, a sweep has it. */
  remove({ file }: Piece): void {
    if (this.#readers.has(file)) this.#doomed.add(file);
    else rm(this.#pathOf(file), { force: true }).catch(() => undefined);
  }

  /** Keeps `pieces` from going until the returned function is called. */
  #hold(pieces: readonly Piece[]): () => void {
    for (const { file } of pieces) this.#readers.set(file, (this.#readers.get(file) ?? 0) + 1);
    let held = true;
    return () => {
      if (held) for (const piece of pieces) this.#letGo(piece);
      held = false;
    };
  }

  /**
   * The bytes of `pieces`, one behind the other, from `start` (included) to `end` (excluded). The files stay from this call on
   * until all is read, or reading is given up, begun or not.
   */
  read(pieces: readonly Piece[], start: number, end: number): AsyncIterableIterator<Uint8Array> {
    const release = this.#hold(pieces);
    const bytes = this.#bytes(pieces, start, end);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        try {
          const step = await bytes.next();
          if (step.done === true) release();
          return step;
        } catch (error) {
          release();
          throw error;
        }
      },
      async return() {
        release();
        return bytes.return(undefined);
      },
    };
  }

  async *#bytes(pieces: readonly Piece[], start: number, end: number): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (const piece of pieces) {
      const from = Math.max(0, start - at);
      const to = Math.min(piece.size, end - at);
      if (from < to) yield* this.#readPiece(piece, from, to);
      at += piece.size;
      if (at >= end) return;
    }
  }

  /** Removes what `isKnown` does not know. @returns how many went */
  async sweep(isKnown: (file: string) => boolean): Promise<number> {
    let gone = 0;
    for await (const shard of await opendir(this.#folder)) {
      if (!shard.isDirectory()) continue;
      for await (const { name } of await opendir(join(this.#folder, shard.name))) {
        if (!isName(name) || this.#drafts.has(name) || this.#readers.has(name) || isKnown(name)) continue;
        await rm(this.#pathOf(name), { force: true });
        gone++;
      }
    }
    return gone;
  }

  /** Its name has to be on disk too, before anything in it counts. */
  async #makeShard(path: string): Promise<void> {
    if (this.#shards.has(path)) return;
    await mkdir(path, { recursive: true, mode: 0o700 });
    const above = this.#shards.size > 0 ? [] : [dirname(this.#folder), dirname(dirname(this.#folder))];
    for (const folder of [this.#folder, ...above]) await syncFolder(folder);
    this.#shards.add(path);
  }

  async *#readPiece({ file }: Piece, from: number, to: number): AsyncGenerator<Uint8Array> {
    const handle = await open(this.#pathOf(file), "r");
    try {
      for (let at = from; at < to; ) {
        const wanted = Math.min(chunkBytes, to - at);
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
        if (bytesRead === 0) throw new Error(`the file of a content ends early: ${file}`);
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  #letGo(piece: Piece): void {
    const left = (this.#readers.get(piece.file) ?? 1) - 1;
    if (left > 0) {
      this.#readers.set(piece.file, left);
      return;
    }
    this.#readers.delete(piece.file);
    if (this.#doomed.delete(piece.file)) this.remove(piece);
  }

  #pathOf(file: string): string {
    if (!isName(file)) throw new Error(`no name of a content: ${file}`);
    return join(this.#folder, file.slice(0, 2), file);
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) {
    const { bytesWritten } = await handle.write(chunk, at, chunk.byteLength - at);
    at += bytesWritten;
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
