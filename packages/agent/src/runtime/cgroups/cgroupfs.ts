import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CgroupFile, type CgroupSettings, cgroupV1Files, cgroupV2Files } from "./cgroup-files.ts";
import type { TaskCgroups, TaskLimits } from "./task-cgroups.ts";

/** Above all task cgroups, of however many agents. Source: agent protocol §5.5. */
const parent = "ecs";
/** A group that was just left by its last process may be busy for a moment. */
const removal = { tries: 20, pauseMs: 50 } as const;

export interface CgroupfsOptions {
  /** As `/sys/fs/cgroup`. */
  readonly root: string;
  readonly version: 1 | 2;
  readonly settings: CgroupSettings;
}

/** Task cgroups `/ecs/TASK-ID` by the file system, for engines with the driver `cgroupfs`. */
export class Cgroupfs implements TaskCgroups {
  readonly #options: CgroupfsOptions;

  constructor(options: CgroupfsOptions) {
    this.#options = options;
  }

  /** Makes sure that groups can be made. @throws NodeJS.ErrnoException if not */
  async prepare(): Promise<void> {
    const { version, root } = this.#options;
    if (version === 1) {
      for (const controller of ["cpu", "memory"]) await makeFolder(join(root, controller, parent));
      return;
    }
    await makeFolder(join(root, parent));
    // What a group may limit has to be handed down from above.
    for (const folder of [root, join(root, parent)]) {
      await writeFile(join(folder, "cgroup.subtree_control"), "+cpu +memory +pids");
    }
  }

  async create(taskId: string, limits: TaskLimits): Promise<string> {
    const { root, version, settings } = this.#options;
    const files = version === 1 ? cgroupV1Files(limits, settings) : cgroupV2Files(limits, settings);
    if (version === 1) await makeFolder(join(root, "memory", parent, taskId));
    for (const { controller, file, value } of files) {
      const folder = this.#folder(controller, taskId);
      await makeFolder(folder);
      await writeFile(join(folder, file), value);
    }
    return `/${parent}/${taskId}`;
  }

  remove(taskId: string): Promise<void> {
    return removeTaskCgroup(taskId, this.#options.root);
  }

  #folder(controller: CgroupFile["controller"], taskId: string): string {
    const { root, version } = this.#options;
    return version === 1 ? join(root, controller, parent, taskId) : join(root, parent, taskId);
  }
}

/** Removes the group of a task that is over, whichever agent has made it; one that is not there counts as removed. Never rejects. */
export async function removeTaskCgroup(taskId: string, root = "/sys/fs/cgroup"): Promise<void> {
  // In version 1 the engine has made the group under its other controllers too.
  const controllers = await readdir(root).catch(() => []);
  const folders = [
    join(root, parent, taskId),
    ...controllers.map((controller) => join(root, controller, parent, taskId)),
  ];
  await Promise.all(folders.map(removeFolder));
}

/** Not recursive: a tree that is not there is not to be made, and below /proc that would never end. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (let tries = 1; tries <= removal.tries; tries += 1) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EBUSY") return;
    }
    await new Promise((resolve) => setTimeout(resolve, removal.pauseMs));
  }
}
