import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import { type BlobFiles, entriesOf, isMissing } from "./blob-files.ts";
import { RegistryRefusal } from "./refusal.ts";

/** Written to disk at a time, in bytes. */
const batchBytes = 1024 * 1024;
const mostUploads = 10_000;

interface Upload {
  readonly path: string;
  size: number;
  /** Of what has come so far; absent after a restart, or after a write that failed. */
  hash: Hash | undefined;
  busy: boolean;
  /** When somebody last did something with it; epoch milliseconds. */
  touchedAt: number;
}

/**
 * Blobs on their way in. What has come of one is a file, so that a client goes on where it was cut off, over a restart too; of each
 * only a batch is in memory.
 */
export class Uploads {
  readonly #deps: {
    readonly folder: string;
    readonly files: BlobFiles;
    readonly ids: Pick<IdSource, "uuid">;
    readonly clock: Clock;
  };
  readonly #open = new Map<string, Upload>();

  /** @param deps.folder on the same file system as the blobs */
  constructor(deps: {
    readonly folder: string;
    readonly files: BlobFiles;
    readonly ids: Pick<IdSource, "uuid">;
    readonly clock: Clock;
  }) {
    this.#deps = deps;
  }

  /** @param repository a name that is good for a file @returns the upload's id, a UUID */
  async start(repository: string): Promise<string> {
    if (this.#open.size >= mostUploads) {
      throw new RegistryRefusal("tooMany", `There are ${mostUploads} uploads under way already.`);
    }
    const id = this.#deps.ids.uuid();
    const folder = join(this.#deps.folder, repository);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, id);
    // Before its file is there: a sweep goes by the file's time where it knows no upload, which is not of the house's clock.
    this.#open.set(path, { path, size: 0, hash: createHash("sha256"), busy: false, touchedAt: this.#deps.clock.now() });
    try {
      await (await open(path, "wx", 0o600)).close();
    } catch (error) {
      this.#open.delete(path);
      throw error;
    }
    return id;
  }

  /** How many bytes have come. @throws RegistryRefusal uploadUnknown */
  async received(repository: string, id: string): Promise<number> {
    return (await this.#find(repository, id)).size;
  }

  /**
   * Adds what `content` brings; what has come stays if it breaks off.
   * @param from where it begins, if the client says so @returns how many bytes there are then
   * @throws RegistryRefusal uploadUnknown, rangeInvalid if it does not begin where the last part ended
   */
  async append(
    repository: string,
    id: string,
    { content, from }: { readonly content: AsyncIterable<Uint8Array>; readonly from?: number | undefined },
  ): Promise<number> {
    return this.#alone(repository, id, async (upload) => {
      if (from !== undefined && from !== upload.size) {
        throw new RegistryRefusal("rangeInvalid", `${upload.size} bytes have come, and not ${from}.`, upload.size);
      }
      await write(upload, content);
      return upload.size;
    });
  }

  /**
   * Makes a blob of it, on disk when this resolves; the upload is over, whether it was one or not.
   * @param keep called while the blob's file cannot be removed, with its size in bytes
   * @throws RegistryRefusal uploadUnknown, uploadEmpty, digestInvalid if something else has come
   */
  async finish(
    repository: string,
    id: string,
    { digest, keep }: { readonly digest: string; readonly keep: (size: number) => Promise<void> },
  ): Promise<void> {
    await this.#alone(repository, id, async (upload) => {
      const found = `sha256:${(upload.hash ?? (await hashOfFile(upload.path))).digest("hex")}`;
      upload.hash = undefined;
      if (found !== digest) {
        await this.#end(upload);
        const message = `The digest of what was uploaded is ${found}, and not ${digest}.`;
        throw new RegistryRefusal("digestInvalid", message);
      }
      await this.#deps.files.whileHeld(digest, async () => {
        await flushFile(upload.path);
        await this.#deps.files.adopt(upload.path, digest);
        this.#open.delete(upload.path);
        await keep(upload.size);
      });
    });
  }

  /** Makes a blob of a text that is in memory, on disk when this resolves. @param keep as of `finish` */
  async put(content: Uint8Array, { digest, keep }: { readonly digest: string; readonly keep: () => Promise<void> }) {
    const { files, folder, ids } = this.#deps;
    const path = join(folder, "whole", ids.uuid());
    await files.whileHeld(digest, async () => {
      await mkdir(join(folder, "whole"), { recursive: true, mode: 0o700 });
      await writeFile(path, content, { mode: 0o600, flush: true });
      await files.adopt(path, digest);
      await keep();
    });
  }

  /** @throws RegistryRefusal uploadUnknown */
  async cancel(repository: string, id: string): Promise<void> {
    await this.#alone(repository, id, (upload) => this.#end(upload));
  }

  /** Removes what nothing was added to for `idleMs`. @returns how many */
  async sweep(idleMs: number): Promise<number> {
    const { folder, clock } = this.#deps;
    let gone = 0;
    for await (const repository of entriesOf(folder)) {
      for await (const id of entriesOf(join(folder, repository))) {
        const path = join(folder, repository, id);
        const written = await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => undefined,
        );
        const upload = this.#open.get(path);
        const touched = upload?.touchedAt ?? written;
        if (touched === undefined || touched > clock.now() - idleMs || upload?.busy) continue;
        this.#open.delete(path);
        await rm(path, { force: true });
        gone += 1;
      }
    }
    return gone;
  }

  async #end({ path }: Upload): Promise<void> {
    this.#open.delete(path);
    await rm(path, { force: true });
  }

  async #alone<T>(repository: string, id: string, work: (upload: Upload) => Promise<T>): Promise<T> {
    const upload = await this.#find(repository, id);
    if (upload.busy) throw new RegistryRefusal("rangeInvalid", "Something is being added to it already.", upload.size);
    upload.busy = true;
    try {
      return await work(upload);
    } finally {
      upload.busy = false;
      upload.touchedAt = this.#deps.clock.now();
    }
  }

  async #find(repository: string, id: string): Promise<Upload> {
    const unknown = () => new RegistryRefusal("uploadUnknown", `There is no upload ${id}.`);
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw unknown();
    const path = join(this.#deps.folder, repository, id);
    const known = this.#open.get(path);
    if (known !== undefined) return known;
    try {
      const { size } = await stat(path);
      const touchedAt = this.#deps.clock.now();
      const upload = this.#open.get(path) ?? { path, size, hash: undefined, busy: false, touchedAt };
      this.#open.set(path, upload);
      return upload;
    } catch (error) {
      if (isMissing(error)) throw unknown();
      throw error;
    }
  }
}

/** While one batch is being written the next one comes in. */
async function write(upload: Upload, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(upload.path, "r+");
  let batch: Uint8Array[] = [];
  let bytes = 0;
  let writing: Promise<void> = Promise.resolve();
  const flush = async () => {
    await writing;
    if (bytes === 0) return;
    writing = writeBatch(file, upload, Buffer.concat(batch, bytes));
    writing.catch(() => undefined); // thrown by the next await of it
    [batch, bytes] = [[], 0];
  };
  try {
    for await (const chunk of content) {
      upload.hash?.update(chunk);
      batch.push(chunk);
      bytes += chunk.length;
      if (bytes >= batchBytes) await flush();
    }
  } finally {
    try {
      await flush(); // also of a client that hung up: it will go on from there
      await writing;
    } finally {
      await file.close();
    }
  }
}

async function writeBatch(file: FileHandle, upload: Upload, batch: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < batch.length; ) {
      done += (await file.write(batch, done, batch.length - done, upload.size + done)).bytesWritten;
    }
    upload.size += batch.length;
  } catch (error) {
    upload.hash = undefined; // it has counted in what is not there
    await truncate(upload.path, upload.size).catch(() => undefined);
    throw error;
  }
}

async function hashOfFile(path: string): Promise<Hash> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: batchBytes })) hash.update(chunk as Buffer);
  return hash;
}

async function flushFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
