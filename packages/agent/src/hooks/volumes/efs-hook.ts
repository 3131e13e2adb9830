import { join, posix } from "node:path";
import { type ChannelTask, lastSegment } from "@hatoba/contract";
import type { HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import { efsPlaceholder } from "../../engine/task-volumes.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import type { EfsBinds } from "./efs-binds.ts";
import { efsDirectory, efsFailure, type Granted } from "./efs-mount.ts";
import { asEfsUser } from "./efs-user.ts";

/**
 * EFS volumes: directories below `root`, one for each file system, shared with everybody who has that directory. What the file
 * system's side says to the mount comes with the task.
 */
export class EfsHook implements TaskHook {
  readonly #root: string | undefined;
  readonly #binds: EfsBinds | undefined;

  /**
   * @param root of all file systems, the same for the engine; undefined if this machine has none
   * @param binds undefined where there can be none: then the engine looks a directory up by its name again
   */
  constructor(root: string | undefined, binds?: EfsBinds) {
    this.#root = root;
    this.#binds = binds;
  }

  async beforeCreate({ task, container }: HookedContainer, spec: ContainerSpec): Promise<ContainerSpec> {
    let changed = spec;
    for (const { name, efsVolumeConfiguration: efs } of task.volumes ?? []) {
      const isMounted = container.mountPoints?.some(({ sourceVolume }) => sourceVolume === name) ?? false;
      if (efs === undefined || !isMounted) continue;
      const grant = efs.hatobaGrant;
      if (this.#root === undefined || grant === undefined) {
        throw efsFailure("this container instance has no directory of EFS file systems (HATOBA_EFS_ROOT)", 1);
      }
      if ("refused" in grant) throw efsFailure(grant.refused, grant.code);
      const source = await this.#sourceOf(task, name, {
        fileSystem: join(this.#root, lastSegment(efs.fileSystemId)),
        grant,
      });
      const mounts = changed.mounts.map((mount) =>
        mount.source === efsPlaceholder(name)
          ? { ...mount, source, readOnly: mount.readOnly || !grant.mayWrite }
          : mount,
      );
      changed = asEfsUser({ ...changed, mounts }, grant);
    }
    return changed;
  }

  forgotten({ arn }: ChannelTask): void {
    this.#binds?.release(arn);
  }

  /** The root of a file system is nobody's to replace; any other directory is bound, so that the engine gets the one that was checked. */
  async #sourceOf(
    { arn }: ChannelTask,
    volume: string,
    { fileSystem, grant }: { readonly fileSystem: string; readonly grant: Granted },
  ): Promise<string> {
    const held = await efsDirectory(fileSystem, grant);
    try {
      if (this.#binds === undefined || posix.normalize(`/${grant.path}`) === "/") return held.path;
      return await this.#binds.bind(arn, volume, held);
    } finally {
      await held.close();
    }
  }
}
