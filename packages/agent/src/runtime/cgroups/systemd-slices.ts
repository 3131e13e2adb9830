import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type CgroupSettings, sliceProperties } from "./cgroup-files.ts";
import type { TaskCgroups, TaskLimits } from "./task-cgroups.ts";

/** Runs a program to its end. @throws Error with what it wrote, if it fails */
export type RunProgram = (program: string, args: readonly string[]) => Promise<void>;

const longestMs = 10_000;
const run = promisify(execFile);
export const runProgram: RunProgram = async (program, args) => {
  await run(program, [...args], { timeout: longestMs });
};

const manager = [
  "call",
  "--quiet",
  "org.freedesktop.systemd1",
  "/org/freedesktop/systemd1",
  "org.freedesktop.systemd1.Manager",
] as const;

/**
 * Task cgroups as slices of systemd, for engines with the driver `systemd`: there the tree belongs to systemd, and a group
 * that others make in it loses its limits. Slices are transient: they leave no file.
 */
export class SystemdSlices implements TaskCgroups {
  readonly #settings: CgroupSettings;
  readonly #run: RunProgram;

  constructor(settings: CgroupSettings, run: RunProgram = runProgram) {
    this.#settings = settings;
    this.#run = run;
  }

  /** Makes sure that systemd answers. @throws Error if it does not */
  async prepare(): Promise<void> {
    await this.#run("busctl", ["--quiet", "status", "org.freedesktop.systemd1"]);
  }

  async create(taskId: string, limits: TaskLimits): Promise<string> {
    const slice = sliceOf(taskId);
    const properties = sliceProperties(limits, this.#settings);
    const given = [slice, "replace", String(properties.length), ...properties.flat(), "0"];
    try {
      await this.#run("busctl", [...manager, "StartTransientUnit", "ssa(sv)a(sa(sv))", ...given]);
    } catch (error) {
      // A slice of that name is loaded: an earlier process of this agent has made it.
      if (!(error instanceof Error) || !/already (loaded|exists)/i.test(error.message)) throw error;
    }
    return slice;
  }

  async remove(taskId: string): Promise<void> {
    try {
      await this.#run("busctl", [...manager, "StopUnit", "ss", sliceOf(taskId), "replace"]);
    } catch {
      // It is gone, or empty and forgotten by the next start of systemd.
    }
  }
}

/** The hyphen puts it under `ecstasks.slice`. Source: agent protocol §5.5. */
const sliceOf = (taskId: string) => `ecstasks-${taskId}.slice`;
