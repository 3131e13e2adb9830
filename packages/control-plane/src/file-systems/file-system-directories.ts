import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { lstat, mkdir, opendir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";

/** How much is in a file system, and when that was found out. */
export interface MeasuredSize {
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** How long a size holds before it is measured anew, in milliseconds. */
const freshMs = 60_000;
/** What EFS shows of a file system with nothing in it. */
const emptyBytes = 6144;
/** So many entries are looked at; what is beyond is not counted. */
const mostEntries = 200_000;

/** How the names of directories begin whose files are being removed. */
const going = ".deleted-";

/** One directory per file system, below a directory of the host that agents share: `ROOT/fs-0123…`. */
export class FileSystemDirectories {
  readonly root: string;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly sizes = new Map<string, MeasuredSize>();
  private readonly measuring = new Map<string, Promise<void>>();
  private lastMeasured: Promise<void> = Promise.resolve();

  constructor(deps: { readonly root: string; readonly clock: Clock; readonly logger: Logger }) {
    this.root = deps.root;
    this.clock = deps.clock;
    this.logger = deps.logger;
  }

  /** Root's own, as the root directory of a new file system is. One that is there stays as it is. */
  async create(id: string): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: 0o711 });
    await mkdir(join(this.root, id), { mode: 0o755, recursive: true });
  }

  /** Out of reach at once; the files go while nobody waits. */
  async remove(id: string): Promise<void> {
    const removed = join(this.root, `${going}${id}-${randomUUID()}`);
    this.sizes.delete(id);
    try {
      await rename(join(this.root, id), removed);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    void this.removeFiles(removed);
  }

  /** Goes on with removals that an earlier process began. Waits for none of them. */
  async resume(): Promise<void> {
    const names = await readdir(this.root).catch(() => []);
    for (const name of names.filter((each) => each.startsWith(going))) void this.removeFiles(join(this.root, name));
  }

  /** As last measured; begins to measure if that is a while ago. Waits for nothing. */
  size(id: string): MeasuredSize | undefined {
    const known = this.sizes.get(id);
    if (known === undefined || this.clock.now() - known.at > freshMs) void this.measure(id);
    return known;
  }

  /** Counts now. Never rejects. */
  measure(id: string): Promise<void> {
    const under = this.measuring.get(id);
    if (under !== undefined) return under;
    // One after the other: many at once would keep every other file of the house waiting.
    const measured = this.lastMeasured
      .then(() => bytesIn(join(this.root, id)))
      .then((bytes) => void this.sizes.set(id, { bytes: bytes + emptyBytes, at: this.clock.now() }))
      .catch((error: unknown) => this.logger.warn({ err: error, fileSystemId: id }, "size could not be measured"))
      .finally(() => this.measuring.delete(id));
    this.measuring.set(id, measured);
    this.lastMeasured = measured;
    return measured;
  }

  /**
   * By the system's own `rm`, which is never led elsewhere: tasks that still have the file system may put a link in the place of a
   * directory while it is being removed, and Node goes by names.
   */
  private async removeFiles(path: string): Promise<void> {
    try {
      if (process.platform === "win32") await rm(path, { recursive: true, force: true });
      else await run("rm", ["-rf", "--", path]);
    } catch (error) {
      this.logger.error({ err: error, path }, "files of a deleted file system could not be removed");
    }
  }
}

const run = promisify(execFile);

/** Bytes that the files take on the disk. Follows no links; passes over directories that cannot be read, or are gone again. */
async function bytesIn(root: string): Promise<number> {
  let [bytes, seen] = [0, 0];
  const open = [root];
  for (let folder = open.pop(); folder !== undefined && seen < mostEntries; folder = open.pop()) {
    const entries = await opendir(folder).catch((error: unknown) => {
      if (folder === root) throw error;
    });
    for await (const entry of entries ?? []) {
      seen += 1;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) open.push(path);
      const found = await lstat(path).catch(() => undefined); // it may be gone again
      bytes += (found?.blocks ?? 0) * 512;
      if (seen >= mostEntries) break;
    }
  }
  return bytes;
}
