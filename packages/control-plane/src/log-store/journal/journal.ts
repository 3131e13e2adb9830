import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
} from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { decodeRecords, type JournalRecord } from "./journal-record.ts";

/** A journal that an earlier process left behind. */
export interface LeftJournal {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
  readonly records: readonly JournalRecord[];
}

const nameOf = (number: number) => `${String(number).padStart(10, "0")}.journal`;

/**
 * Fresh events on disk, in the order in which they came: files with growing numbers, of which only the last is written to. Events
 * of all groups share it, so that one flush is enough for all of them.
 */
export class Journal {
  readonly #directory: string;
  #number: number;
  #file: FileHandle | undefined;
  #bytes = 0;

  /** @param next number of the first file that it writes */
  constructor(directory: string, next: number) {
    this.#directory = directory;
    this.#number = next;
  }

  /** Of the file that is written to. */
  get number(): number {
    return this.#number;
  }

  /** Of the file that is written to. */
  get bytes(): number {
    return this.#bytes;
  }

  pathOf(number: number): string {
    return join(this.#directory, nameOf(number));
  }

  /** On disk when it resolves. If it rejects, nothing more may be written: what the file holds is not known. */
  async append(records: readonly Buffer[]): Promise<void> {
    if (this.#file === undefined) {
      this.#file = await open(this.pathOf(this.#number), "ax", 0o600);
      const directory = await open(this.#directory, "r");
      try {
        await directory.sync();
      } finally {
        await directory.close();
      }
    }
    const bytes = records.reduce((sum, { length }) => sum + length, 0);
    const { bytesWritten } = await this.#file.writev(records);
    if (bytesWritten !== bytes) throw new Error(`${this.pathOf(this.#number)}: the disk took only a part`);
    await this.#file.datasync();
    this.#bytes += bytes;
  }

  /** What comes from now on goes into a file of the next number. @returns the number of the one that is complete */
  async rotate(): Promise<number> {
    await this.close();
    this.#bytes = 0;
    return this.#number++;
  }

  remove(number: number): Promise<void> {
    return unlink(this.pathOf(number));
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

/**
 * Reads the journals of a directory, which is made if it is missing, in their order. One that ends within a record was being
 * written when its process ended: that record was never acknowledged and is cut off. Those up to `sealed` are removed: their events
 * are elsewhere by now.
 */
export function readJournals(directory: string, sealed: number): readonly LeftJournal[] {
  makeDirectory(directory);
  return readdirSync(directory)
    .filter((name) => name.endsWith(".journal"))
    .toSorted()
    .flatMap((name) => {
      const [path, number] = [join(directory, name), Number.parseInt(name, 10)];
      const bytes = number <= sealed ? Buffer.alloc(0) : readFileSync(path);
      const { records, end } = decodeRecords(bytes);
      if (records.length === 0) {
        unlinkSync(path);
        return [];
      }
      if (end < bytes.length) cutOff(path, end);
      return [{ number, path, bytes: end, records }];
    });
}

function cutOff(path: string, end: number): void {
  const file = openSync(path, "r+");
  ftruncateSync(file, end);
  fsyncSync(file);
  closeSync(file);
}

/** Makes a directory if it is missing, its owner's alone, and has its name on disk. */
export function makeDirectory(path: string): void {
  const made = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (made !== undefined) for (let at = path; at.length >= made.length; at = dirname(at)) syncDirectory(dirname(at));
}

/** That a file was made or removed is on disk only once its directory is. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
