import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LoopTools } from "./loop-tools.ts";

/** A volume as its task asks for it. */
export interface WantedDisk {
  readonly volumeId: string;
  readonly taskArn: string;
  readonly sizeGiB: number;
  /** Absent: the first of xfs and ext4 that this machine can make. */
  readonly fileSystem?: string;
  readonly deleteOnTermination: boolean;
}

/** What is written down beside a disk. */
interface DiskNote {
  readonly taskArn: string;
  readonly deleteOnTermination: boolean;
  /** Its task has run with it, so there may be something in it to keep. */
  readonly used: boolean;
  /** Its task is over, and it is kept. */
  readonly kept: boolean;
}

const gibibyte = 2 ** 30;
/** As a part of a path it leads nowhere else. */
const isVolumeId = (text: string) => /^vol-[0-9a-f]{1,32}$/.test(text);

/**
 * Volumes of tasks as sparse files with a file system in them, each in a folder of its own: `ROOT/vol-…/disk`, mounted at `mnt` beside
 * it by a loop device, and a note of whose it is. Every step can be taken again after a crash. What is done with one volume is done in
 * the order in which it was asked for.
 */
export class EbsDisks {
  readonly #root: string;
  readonly #tools: LoopTools;
  /** The last thing under way, by volume. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(root: string, tools: LoopTools) {
    this.#root = root;
    this.#tools = tools;
  }

  /**
   * Makes what is missing. @returns the directory where it is mounted
   * @throws Error that says what could not be done, or that it is another task's
   */
  mount(wanted: WantedDisk): Promise<string> {
    return this.#inTurn(wanted.volumeId, () => this.#mount(wanted));
  }

  /** A container has been started with it. */
  markUsed(volumeId: string): Promise<void> {
    return this.#inTurn(volumeId, async () => {
      const note = await this.#note(volumeId);
      if (note !== undefined && !note.used) await this.#write(volumeId, { ...note, used: true });
    });
  }

  /** Its task is over: it is unmounted, and then gone or kept, as its task wanted. What is not there is passed over. */
  release(volumeId: string): Promise<void> {
    return this.#inTurn(volumeId, async () => {
      const note = await this.#note(volumeId);
      if (note === undefined || note.kept) return;
      const { mountPoint } = this.#paths(volumeId);
      if (await this.#tools.isMounted(mountPoint)) await this.#tools.unmount(mountPoint);
      if (note.deleteOnTermination || !note.used) await this.#remove(volumeId);
      else await this.#write(volumeId, { ...note, kept: true });
    });
  }

  /** The files themselves. */
  remove(volumeId: string): Promise<void> {
    return this.#inTurn(volumeId, () => this.#remove(volumeId));
  }

  /** Every volume that lies here, and the task whose it is. */
  async list(): Promise<readonly { readonly volumeId: string; readonly taskArn: string; readonly kept: boolean }[]> {
    const names = (await readdir(this.#root).catch(() => [])).filter(isVolumeId);
    const found = [];
    for (const volumeId of names) {
      const note = await this.#note(volumeId).catch(() => undefined); // whose it is cannot be told: it stays
      if (note !== undefined) found.push({ volumeId, taskArn: note.taskArn, kept: note.kept });
    }
    return found;
  }

  async #mount({ volumeId, taskArn, sizeGiB, fileSystem, deleteOnTermination }: WantedDisk): Promise<string> {
    const { folder, disk, unfinished, mountPoint } = this.#paths(volumeId);
    await mkdir(mountPoint, { recursive: true, mode: 0o700 });
    const note = await this.#note(volumeId);
    if (note === undefined) {
      if (await exists(disk)) throw new Error(`${folder} has no note of whose it is`);
      await this.#write(volumeId, { taskArn, deleteOnTermination, used: false, kept: false });
    } else if (note.taskArn !== taskArn || note.kept) throw new Error(`it belongs to ${note.taskArn}`);
    if (!(await exists(disk))) {
      await sparseFile(unfinished, sizeGiB * gibibyte);
      await this.#tools.format(unfinished, fileSystem);
      await rename(unfinished, disk);
    }
    if (!(await this.#tools.isMounted(mountPoint))) await this.#tools.mountLoop(disk, mountPoint);
    return mountPoint;
  }

  /** File by file, the note last: a removal of all that is below would go on into what may be mounted there. */
  async #remove(volumeId: string): Promise<void> {
    const { folder, disk, unfinished, mountPoint, note, nextNote } = this.#paths(volumeId);
    if (await this.#tools.isMounted(mountPoint)) throw new Error(`${mountPoint} is mounted`);
    for (const file of [disk, unfinished]) await rm(file, { force: true });
    await removeFolder(mountPoint);
    for (const file of [nextNote, note]) await rm(file, { force: true });
    await removeFolder(folder);
  }

  #inTurn<T>(volumeId: string, work: () => Promise<T>): Promise<T> {
    if (!isVolumeId(volumeId)) return Promise.reject(new Error(`${volumeId} is no id of a volume`));
    const turn = (this.#turns.get(volumeId) ?? Promise.resolve()).then(work);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(volumeId) === settled) this.#turns.delete(volumeId);
      });
    this.#turns.set(volumeId, settled);
    return turn;
  }

  #paths(volumeId: string) {
    const folder = join(this.#root, volumeId);
    return {
      folder,
      disk: join(folder, "disk"),
      unfinished: join(folder, "unfinished"),
      mountPoint: join(folder, "mnt"),
      note: join(folder, "note.json"),
      nextNote: join(folder, "note.next"),
    };
  }

  /** Undefined if there is none; one that cannot be read is no reason to begin anew. */
  async #note(volumeId: string): Promise<DiskNote | undefined> {
    try {
      return JSON.parse(await readFile(this.#paths(volumeId).note, "utf8")) as DiskNote;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new Error("the note of whose it is cannot be read", { cause: error });
    }
  }

  async #write(volumeId: string, content: DiskNote): Promise<void> {
    const { note, nextNote } = this.#paths(volumeId);
    const file = await open(nextNote, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(nextNote, note);
  }
}

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");

const removeFolder = (path: string) =>
  rmdir(path).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });

/** As long as it says, and taking room only as it is written to. */
async function sparseFile(path: string, bytes: number): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

/** Only what is certainly not there counts as such: a file system is made over it. */
const exists = (path: string) =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
