import { join } from "node:path";
import { lastSegment } from "@hatoba/contract";
import type { HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import { efsPlaceholder } from "../../engine/task-volumes.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { efsDirectory, efsFailure } from "./efs-mount.ts";
import { asEfsUser } from "./efs-user.ts";

/**
 * EFS volumes: directories below `root`, one for each file system, shared with everybody who has that directory. What the file
 * system's side says to the mount comes with the task.
 */
export class EfsHook implements TaskHook {
  readonly #root: string | undefined;

  /** @param root of all file systems, the same for the engine; undefined if this machine has none */
  constructor(root: string | undefined) {
    this.#root = root;
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
      const source = await efsDirectory(join(this.#root, lastSegment(efs.fileSystemId)), grant);
      const mounts = changed.mounts.map((mount) =>
        mount.source === efsPlaceholder(name)
          ? { ...mount, source, readOnly: mount.readOnly || !grant.mayWrite }
          : mount,
      );
      changed = asEfsUser({ ...changed, mounts }, grant);
    }
    return changed;
  }
}
