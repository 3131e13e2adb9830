import { join } from "node:path";
import { ContentFiles } from "./content-files.ts";
import { listKeys } from "./list-keys.ts";
import { ObjectDatabase } from "./object-database.ts";
import type {
  Bucket,
  Condition,
  ListedObject,
  ListedPage,
  Listing,
  ObjectStore,
  Piece,
  StoredObject,
  Upload,
  UploadedPart,
} from "./object-store.ts";

type Tags = Readonly<Record<string, string>>;
type ObjectValue = Omit<StoredObject, "bucket" | "key" | "size" | "pieces">;
interface ObjectRow {
  readonly id: number;
  readonly key: Uint8Array;
  readonly size: number;
  readonly value: string;
}

/**
 * Objects in a folder: contents as files of their own, everything else in one SQLite file beside them. A content is on disk
 * before the row that names it, and goes after it; what a crash leaves between the two is swept.
 */
export class DiskObjectStore implements ObjectStore {
  readonly #database: ObjectDatabase;
  readonly #files: ContentFiles;

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor(folder: string) {
    this.#database = new ObjectDatabase(join(folder, "objects.db"));
    this.#files = new ContentFiles(join(folder, "contents"));
  }

  buckets(): readonly Bucket[] {
    return this.#database
      .rows<{ value: string }>("SELECT value FROM bucket ORDER BY name")
      .map(({ value }) => JSON.parse(value) as Bucket);
  }

  bucket(name: string): Bucket | undefined {
    const row = this.#database.row<{ value: string }>("SELECT value FROM bucket WHERE name = ?", name);
    return row && (JSON.parse(row.value) as Bucket);
  }

  createBucket(bucket: Bucket): Promise<boolean> {
    const sql = "INSERT INTO bucket (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING";
    return this.#database.commit(() => this.#database.run(sql, bucket.name, JSON.stringify(bucket)).changes > 0);
  }

  changeBucket(name: string, change: (bucket: Bucket) => Bucket): Promise<boolean> {
    return this.#database.commit(() => {
      const bucket = this.bucket(name);
      if (bucket === undefined) return false;
      this.#database.run("UPDATE bucket SET value = ? WHERE name = ?", JSON.stringify(change(bucket)), name);
      return true;
    });
  }

  async deleteBucket(name: string): Promise<"deleted" | "notEmpty" | "notThere"> {
    const gone: Piece[] = [];
    const outcome = await this.#database.commit(() => {
      if (this.bucket(name) === undefined) return "notThere";
      if (this.#database.row("SELECT 1 FROM object WHERE bucket = ? LIMIT 1", name) !== undefined) return "notEmpty";
      for (const { id } of this.#database.rows<{ id: string }>("SELECT id FROM upload WHERE bucket = ?", name)) {
        gone.push(...this.#dropUpload(id));
      }
      this.#database.run("DELETE FROM bucket WHERE name = ?", name);
      return "deleted";
    });
    for (const piece of gone) this.#files.remove(piece);
    return outcome;
  }

  object(bucket: string, key: string): StoredObject | undefined {
    const row = this.#objectRow(bucket, key);
    if (row === undefined) return undefined;
    const sql = "SELECT file, size FROM piece WHERE object = ? ORDER BY number";
    return { ...listedObject(bucket, row), pieces: this.#database.rows<Piece>(sql, row.id) };
  }

  list(listing: Listing): ListedPage<ListedObject> {
    return listKeys(listing, ({ at, included }) => {
      const sql = `SELECT id, key, size, value FROM object WHERE bucket = ? AND key ${included ? ">=" : ">"} ? ORDER BY key`;
      const rows = this.#database.each<ObjectRow>(sql, listing.bucket, at);
      return mapped(rows, (row) => [Buffer.from(row.key), listedObject(listing.bucket, row)] as const);
    });
  }

  write(source: AsyncIterable<Uint8Array>): Promise<Piece> {
    return this.#files.write(source);
  }

  discard(piece: Piece): Promise<void> {
    return this.#files.discard(piece);
  }

  read({ pieces }: StoredObject, start: number, end: number): AsyncIterable<Uint8Array> {
    return this.#files.read(pieces, start, end);
  }

  async putObject(object: StoredObject, condition?: Condition): Promise<boolean> {
    const replaced = await this.#database.commit(() => {
      condition?.(this.object(object.bucket, object.key));
      return this.bucket(object.bucket) === undefined ? undefined : this.#keepObject(object);
    });
    if (replaced === undefined) return false;
    for (const piece of object.pieces) this.#files.adopt(piece);
    for (const piece of replaced) this.#files.remove(piece);
    return true;
  }

  tagObject(bucket: string, key: string, tags: Tags): Promise<boolean> {
    return this.#database.commit(() => {
      const row = this.#objectRow(bucket, key);
      if (row === undefined) return false;
      const value = { ...(JSON.parse(row.value) as ObjectValue), tags };
      this.#database.run("UPDATE object SET value = ? WHERE id = ?", JSON.stringify(value), row.id);
      return true;
    });
  }

  async deleteObjects(bucket: string, keys: readonly string[], condition?: Condition): Promise<void> {
    const gone = await this.#database.commit(() =>
      keys.flatMap((key) => {
        condition?.(this.object(bucket, key));
        return this.#dropObject(bucket, key);
      }),
    );
    for (const piece of gone) this.#files.remove(piece);
  }

  createUpload({ id, bucket, key, ...value }: Upload): Promise<boolean> {
    return this.#database.commit(() => {
      if (this.bucket(bucket) === undefined) return false;
      const sql = "INSERT INTO upload (id, bucket, key, value) VALUES (?, ?, ?, ?)";
      this.#database.run(sql, id, bucket, Buffer.from(key), JSON.stringify(value));
      return true;
    });
  }

  upload(id: string): Upload | undefined {
    const sql = "SELECT id, bucket, key, value FROM upload WHERE id = ?";
    const row = this.#database.row<UploadRow>(sql, id);
    return row && uploadOf(row);
  }

  uploads(listing: Listing & { readonly afterId?: string }): ListedPage<Upload> {
    const { bucket, afterId } = listing;
    return listKeys(listing, ({ at, included }) => {
      const sql = `SELECT id, key, value, bucket FROM upload WHERE bucket = ? AND`;
      const rows =
        afterId !== undefined && !included
          ? this.#database.each<UploadRow>(`${sql} (key, id) > (?, ?) ORDER BY key, id`, bucket, at, afterId)
          : this.#database.each<UploadRow>(`${sql} key ${included ? ">=" : ">"} ? ORDER BY key, id`, bucket, at);
      return mapped(rows, (row) => [Buffer.from(row.key), uploadOf(row)] as const);
    });
  }

  parts(uploadId: string): readonly UploadedPart[] {
    const sql = "SELECT value FROM part WHERE upload = ? ORDER BY number";
    return this.#database.rows<{ value: string }>(sql, uploadId).map(({ value }) => JSON.parse(value) as UploadedPart);
  }

  async putPart(uploadId: string, part: UploadedPart): Promise<boolean> {
    const replaced = await this.#database.commit(() => {
      if (this.upload(uploadId) === undefined) return undefined;
      const before = this.#partFiles("upload = ? AND number = ?", uploadId, part.number);
      const sql = "REPLACE INTO part (upload, number, file, value) VALUES (?, ?, ?, ?)";
      this.#database.run(sql, uploadId, part.number, part.file, JSON.stringify(part));
      return before;
    });
    if (replaced === undefined) return false;
    this.#files.adopt(part);
    for (const piece of replaced) this.#files.remove(piece);
    return true;
  }

  async completeUpload(uploadId: string, object: StoredObject, condition?: Condition): Promise<boolean> {
    const used = new Set(object.pieces.map(({ file }) => file));
    const gone = await this.#database.commit(() => {
      if (this.upload(uploadId) === undefined) return undefined;
      condition?.(this.object(object.bucket, object.key));
      const parts = new Set(this.#partFiles("upload = ?", uploadId).map(({ file }) => file));
      if (!used.isSubsetOf(parts)) return undefined; // one was sent anew meanwhile
      const held = this.#dropUpload(uploadId);
      return [...held.filter(({ file }) => !used.has(file)), ...this.#keepObject(object)];
    });
    for (const piece of gone ?? []) this.#files.remove(piece);
    return gone !== undefined;
  }

  async abortUpload(uploadId: string): Promise<boolean> {
    const gone = await this.#database.commit(() =>
      this.upload(uploadId) === undefined ? undefined : this.#dropUpload(uploadId),
    );
    for (const piece of gone ?? []) this.#files.remove(piece);
    return gone !== undefined;
  }

  sweep(): Promise<number> {
    const sql = "SELECT 1 FROM piece WHERE file = ? UNION ALL SELECT 1 FROM part WHERE file = ?";
    return this.#files.sweep((file) => this.#database.row(sql, file, file) !== undefined);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  #objectRow(bucket: string, key: string): ObjectRow | undefined {
    const sql = "SELECT id, key, size, value FROM object WHERE bucket = ? AND key = ?";
    return this.#database.row<ObjectRow>(sql, bucket, Buffer.from(key));
  }

  /** @returns the pieces of what it replaced */
  #keepObject({ bucket, key, size, pieces, ...value }: StoredObject): readonly Piece[] {
    const gone = this.#dropObject(bucket, key);
    const sql = "INSERT INTO object (bucket, key, size, value) VALUES (?, ?, ?, ?)";
    const { id } = this.#database.run(sql, bucket, Buffer.from(key), size, JSON.stringify(value));
    for (const [index, piece] of pieces.entries()) {
      const into = "INSERT INTO piece (object, number, file, size) VALUES (?, ?, ?, ?)";
      this.#database.run(into, id, index, piece.file, piece.size);
    }
    return gone;
  }

  #dropObject(bucket: string, key: string): readonly Piece[] {
    const row = this.#objectRow(bucket, key);
    if (row === undefined) return [];
    const pieces = this.#database.rows<Piece>("SELECT file, size FROM piece WHERE object = ?", row.id);
    this.#database.run("DELETE FROM piece WHERE object = ?", row.id);
    this.#database.run("DELETE FROM object WHERE id = ?", row.id);
    return pieces;
  }

  #dropUpload(id: string): readonly Piece[] {
    const pieces = this.#partFiles("upload = ?", id);
    this.#database.run("DELETE FROM part WHERE upload = ?", id);
    this.#database.run("DELETE FROM upload WHERE id = ?", id);
    return pieces;
  }

  #partFiles(where: string, ...values: (string | number)[]): readonly Piece[] {
    return this.#database
      .rows<{ value: string }>(`SELECT value FROM part WHERE ${where}`, ...values)
      .map(({ value }) => JSON.parse(value) as UploadedPart);
  }
}

interface UploadRow {
  readonly id: string;
  readonly bucket: string;
  readonly key: Uint8Array;
  readonly value: string;
}

const uploadOf = ({ id, bucket, key, value }: UploadRow): Upload => ({
  ...(JSON.parse(value) as Omit<Upload, "id" | "bucket" | "key">),
  id,
  bucket,
  key: Buffer.from(key).toString(),
});

const listedObject = (bucket: string, { key, size, value }: ObjectRow): ListedObject => ({
  ...(JSON.parse(value) as ObjectValue),
  bucket,
  key: Buffer.from(key).toString(),
  size,
});

function* mapped<T, U>(rows: Iterable<T>, map: (row: T) => U): Generator<U> {
  for (const row of rows) yield map(row);
}
