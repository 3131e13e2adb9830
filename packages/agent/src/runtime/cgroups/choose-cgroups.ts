import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../platform/logger.ts";
import type { CgroupSettings } from "./cgroup-files.ts";
import { Cgroupfs } from "./cgroupfs.ts";
import { SystemdSlices } from "./systemd-slices.ts";
import { noTaskCgroups, type TaskCgroups, type TaskLimits } from "./task-cgroups.ts";

export interface ChooseCgroups {
  /** ECS_ENABLE_TASK_CPU_MEM_LIMIT; undefined: where that is possible. */
  readonly wanted: boolean | undefined;
  /** ECS_CGROUP_PATH. */
  readonly root: string;
  /** Of the engine: `cgroupfs` or `systemd`; undefined if it does not say. */
  readonly driver: string | undefined;
  /** Whether the engine is on this machine. */
  readonly isLocal: boolean;
  readonly settings: CgroupSettings;
  readonly logger: Logger;
}

/**
 * Finds out how, and whether, task cgroups can be made here.
 * @throws Error if they are wanted explicitly and cannot be made
 */
export async function chooseCgroups(options: ChooseCgroups): Promise<TaskCgroups> {
  const { wanted, root, driver, isLocal, settings, logger } = options;
  if (wanted === false) return noTaskCgroups;
  try {
    if (!isLocal) throw new Error("the container engine is on another machine");
    const version = await cgroupVersion(root);
    if (driver === "systemd" && version === 1) {
      throw new Error("with cgroup version 1 the container engine has to use the driver cgroupfs");
    }
    const made = driver === "systemd" ? new SystemdSlices(settings) : new Cgroupfs({ root, version, settings });
    await made.prepare();
    return orWithout(made, logger);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (wanted === true) throw new Error(`Limits of whole tasks cannot be kept here: ${why}`, { cause: error });
    logger.warn({ reason: why }, "tasks get no cgroup of their own, their limits hold for each container");
    return noTaskCgroups;
  }
}

async function cgroupVersion(root: string): Promise<1 | 2> {
  const unified = await stat(join(root, "cgroup.controllers")).catch(() => undefined);
  return unified === undefined ? 1 : 2;
}

/** A task whose cgroup cannot be made runs without: each of its containers has the limits all the same. */
function orWithout(cgroups: TaskCgroups, logger: Logger): TaskCgroups {
  return {
    async create(taskId: string, limits: TaskLimits) {
      try {
        return await cgroups.create(taskId, limits);
      } catch (error) {
        logger.warn({ err: error, taskId }, "the task gets no cgroup of its own");
        await cgroups.remove(taskId);
        return undefined;
      }
    },
    remove: (taskId) => cgroups.remove(taskId),
  };
}
