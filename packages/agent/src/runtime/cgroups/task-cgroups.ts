/** What a task as a whole may take. */
export interface TaskLimits {
  /** vCPU, as 0.5; without it only the shares against other tasks count. */
  readonly vcpus?: number;
  /** CPU shares: the sum over the task's containers. */
  readonly cpuShares: number;
  readonly memoryMiB?: number;
}

/**
 * A cgroup round all containers of a task, so that its limits hold for their sum. Where there is none to be had, each container
 * is held to the limits of its task alone.
 */
export interface TaskCgroups {
  /**
   * Makes sure of the cgroup; made again for a task that has it, it changes nothing.
   * @returns what to give the engine as a container's cgroup parent; undefined if this machine cannot have task cgroups
   */
  create(taskId: string, limits: TaskLimits): Promise<string | undefined>;
  /** Removes it once no container is in it; one that is gone counts as removed. Never rejects. */
  remove(taskId: string): Promise<void>;
}

/** For engines that are elsewhere, agents that may not write cgroups, and machines that have none. */
export const noTaskCgroups: TaskCgroups = { create: async () => undefined, remove: async () => undefined };
