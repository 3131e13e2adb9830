import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../platform/logger.ts";
import { efsFailure } from "./efs-mount.ts";
import type { HeldDirectory } from "./held-directory.ts";
import { systemLoopTools } from "./loop-tools.ts";

/** What a machine has for directories that are seen at two places. Methods reject with what the tool said. */
export interface BindTools {
  /** @param fd of an open directory, whatever its name is now */
  bind(fd: number, mountPoint: string): Promise<void>;
  unmount(mountPoint: string): Promise<void>;
  isMounted(mountPoint: string): Promise<boolean>;
}

/**
 * Directories of file systems, each bound to a place of the agent's own: `ROOT/TASK/VOLUME`. What the engine mounts from there is
 * the directory that was checked, though tasks that write to the file system put a link in its place meanwhile.
 */
export class EfsBinds {
  readonly #root: string;
  readonly #tools: BindTools;
  readonly #logger: Logger;
  /** The last thing under way, by task. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor({ root, tools = systemBindTools, logger }: { root: string; tools?: BindTools; logger: Logger }) {
    this.#root = root;
    this.#tools = tools;
    this.#logger = logger;
  }

  /** The same place for all containers of the task. @throws TaskFailure */
  bind(taskArn: string, volume: string, { fd, path }: HeldDirectory): Promise<string> {
    const folder = folderOf(taskArn);
    const target = join(this.#root, folder, createHash("sha256").update(volume).digest("hex").slice(0, 16));
    return this.#inTurn(folder, async () => {
      try {
        await mkdir(target, { recursive: true, mode: 0o700 });
        if (!(await this.#tools.isMounted(target))) await this.#tools.bind(fd, target);
        return target;
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw efsFailure(`${path} could not be bound for the task: ${why}`, 32, { cause });
      }
    });
  }

  /** The task is over. Nothing waits for it. */
  release(taskArn: string): void {
    this.#release(folderOf(taskArn));
  }

  /** Takes away what an earlier process has left, but for tasks that are known. */
  async sweep(taskArns: readonly string[]): Promise<void> {
    const known = new Set(taskArns.map(folderOf));
    const folders = await readdir(this.#root).catch(() => []);
    for (const folder of folders.filter((each) => !known.has(each))) this.#release(folder);
  }

  #release(folder: string): void {
    const path = join(this.#root, folder);
    this.#inTurn(folder, async () => {
      for (const volume of await readdir(path).catch(() => [])) {
        const target = join(path, volume);
        if (await this.#tools.isMounted(target)) await this.#tools.unmount(target);
        await rmdir(target); // never more than the empty folder: below it there may be somebody's files
      }
      await rmdir(path).catch(() => undefined); // it had none
    }).catch((error: unknown) =>
      this.#logger.error({ err: error, path }, "EFS volumes of a task could not be put away"),
    );
  }

  #inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(folder) ?? Promise.resolve()).then(work);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (this.#turns.get(folder) === settled) this.#turns.delete(folder);
      });
    this.#turns.set(folder, settled);
    return turn;
  }
}

/** ARNs are long, and have characters that paths do not. */
const folderOf = (taskArn: string) => createHash("sha256").update(taskArn).digest("hex").slice(0, 32);

/** `mount` finds the directory by its number; it must not make a name of that again. */
const bind = (fd: number, mountPoint: string) =>
  new Promise<void>((resolve, reject) => {
    const args = ["--no-canonicalize", "--bind", "/proc/self/fd/3", mountPoint];
    const child = spawn("mount", args, { stdio: ["ignore", "ignore", "pipe", fd], timeout: 60_000 });
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said = (said + chunk.toString()).slice(0, 1000)));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(said.trim() || `mount ended with ${code}`)),
    );
  });

/** This machine's own. */
const systemBindTools: BindTools = {
  bind,
  unmount: (mountPoint) => systemLoopTools.unmount(mountPoint),
  isMounted: (mountPoint) => systemLoopTools.isMounted(mountPoint),
};
