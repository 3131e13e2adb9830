import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
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

/**
 * Volumes of tasks as sparse files with a file system in them, each in a folder of its own: `ROOT/vol-…/disk`, mounted at `mnt` beside
 * it by a loop device, and a note of whose it is. Every step can be taken again after a crash.
 */
export class EbsDisks {
  readonly #root: string;
  readonly #tools: LoopTools;

  constructor(root: string, tools: LoopTools) {
    this.#root = root;
    this.#tools = tools;
  }

  /** Makes what is missing. @returns the directory where it is mounted @throws Error that says what could not be done */
  async mount(wanted: WantedDisk): Promise<string> {
    const { folder, disk, mountPoint } = this.#paths(wanted.volumeId);
    await mkdir(mountPoint, { recursive: true, mode: 0o700 });
    if ((await this.#note(wanted.volumeId)) === undefined) {
      const { taskArn, deleteOnTermination } = wanted;
      await this.#write(wanted.volumeId, { taskArn, deleteOnTermination, used: false, kept: false });
    }
    if (!(await exists(disk))) {
      const unfinished = join(folder, "unfinished");
      await sparseFile(unfinished, wanted.sizeGiB * gibibyte);
      await this.#tools.format(unfinished, wanted.fileSystem);
      await rename(unfinished, disk);
    }
    if (!(await this.#tools.isMounted(mountPoint))) await this.#tools.mountLoop(disk, mountPoint);
    return mountPoint;
  }

  /** A container has been started with it. */
  async markUsed(volumeId: string): Promise<void> {
    const note = await this.#note(volumeId);
    if (note !== undefined && !note.used) await this.#write(volumeId, { ...note, used: true });
  }

  /** Its task is over: it is unmounted, and then gone or kept, as its task wanted. What is not there is passed over. */
  async release(volumeId: string): Promise<void> {
    const note = await this.#note(volumeId);
    if (note === undefined || note.kept) return;
    const { mountPoint } = this.#paths(volumeId);
    if (await this.#tools.isMounted(mountPoint)) await this.#tools.unmount(mountPoint);
    if (note.deleteOnTermination || !note.used) await this.remove(volumeId);
    else await this.#write(volumeId, { ...note, kept: true });
  }

  /** The files themselves. */
  async remove(volumeId: string): Promise<void> {
    await rm(this.#paths(volumeId).folder, { recursive: true, force: true });
  }

  /** Every volume that lies here, and the task whose it is. */
  async list(): Promise<readonly { readonly volumeId: string; readonly taskArn: string; readonly kept: boolean }[]> {
    const names = await readdir(this.#root).catch(() => []);
    const notes = await Promise.all(names.map(async (volumeId) => ({ volumeId, note: await this.#note(volumeId) })));
    return notes.flatMap(({ volumeId, note }) =>
      note === undefined ? [] : [{ volumeId, taskArn: note.taskArn, kept: note.kept }],
    );
  }

  #paths(volumeId: string) {
    const folder = join(this.#root, volumeId);
    return { folder, disk: join(folder, "disk"), mountPoint: join(folder, "mnt"), note: join(folder, "note.json") };
  }

  async #note(volumeId: string): Promise<DiskNote | undefined> {
    try {
      return JSON.parse(await readFile(this.#paths(volumeId).note, "utf8")) as DiskNote;
    } catch {
      return undefined;
    }
  }

  async #write(volumeId: string, note: DiskNote): Promise<void> {
    const { folder, note: path } = this.#paths(volumeId);
    const next = join(folder, "note.next");
    await writeFile(next, JSON.stringify(note));
    await rename(next, path);
  }
}

/** As long as it says, and taking room only as it is written to. */
async function sparseFile(path: string, bytes: number): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
