import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

/** Of Linux: a directory may be held without the right to list it. Node has no name for it. */
const onlyPath = process.platform === "linux" ? 0o10000000 : constants.O_RDONLY;
const flags = onlyPath | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A directory that stays the one that was opened, whatever somebody puts in its place. On Linux what is done by `via` is done to that
 * one; elsewhere, to what has its name then.
 */
export class HeldDirectory {
  /** Where it was when it was opened. */
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** @param path whose last part is no link @throws ENOTDIR or ELOOP if it is one, and what else opening throws */
  static async open(path: string): Promise<HeldDirectory> {
    return new HeldDirectory(path, await open(path, flags));
  }

  /** One in it. @param name a single part of a path @throws as `open` */
  async within(name: string): Promise<HeldDirectory> {
    return new HeldDirectory(join(this.path, name), await open(join(this.via, name), flags));
  }

  get fd(): number {
    return this.#handle.fd;
  }

  /** A path of this process that leads to it. */
  get via(): string {
    return process.platform === "linux" ? `/proc/self/fd/${this.fd}` : this.path;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
