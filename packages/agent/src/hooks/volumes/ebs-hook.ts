import type { ChannelTask } from "@hatoba/contract";
import { TaskFailure } from "../../engine/task-failure.ts";
import type { CreatedContainer, HookedContainer, TaskHook } from "../../engine/task-hook.ts";
import { ebsPlaceholder } from "../../engine/task-volumes.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import type { EbsDisks, WantedDisk } from "./ebs-disks.ts";

export interface EbsHookOptions {
  /** Undefined where there can be none. */
  readonly disks: EbsDisks | undefined;
  /** Which of these kept volumes nobody has deleted. @param removed volumes that were deleted, and that are gone from the disk now */
  stillKept(volumeIds: readonly string[], removed: readonly string[]): Promise<readonly string[]>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often it is asked whether volumes that were kept have been deleted, and tried again what did not work, in milliseconds. */
const askEveryMs = 10 * 60_000;

/** Managed EBS volumes: a disk of its own for each task that asks for one, made before its first container, gone or kept after its last. */
export class EbsHook implements TaskHook {
  readonly #options: EbsHookOptions;
  /** By volume: containers of a task come at the same time. */
  readonly #mounting = new Map<string, Promise<string>>();
  /** Volumes whose task is over, until they are put away. */
  readonly #leaving = new Set<string>();
  /** Removed from the disk, and not yet told of. */
  readonly #removed = new Set<string>();
  #stopAsking: (() => void) | undefined;
  #isClosed = false;

  constructor(options: EbsHookOptions) {
    this.#options = options;
  }

  async beforeCreate({ task, container }: HookedContainer, spec: ContainerSpec): Promise<ContainerSpec> {
    let { mounts } = spec;
    for (const { name, disk } of disksOf(task)) {
      if (!container.mountPoints?.some(({ sourceVolume }) => sourceVolume === name)) continue;
      const source = await this.#mounted(disk);
      mounts = mounts.map((mount) => (mount.source === ebsPlaceholder(name) ? { ...mount, source } : mount));
    }
    return { ...spec, mounts };
  }

  started({ task }: CreatedContainer): void {
    for (const { disk } of disksOf(task)) {
      this.#try("an EBS volume could not be noted as used", disk.volumeId, (disks) => disks.markUsed(disk.volumeId));
    }
  }

  forgotten(task: ChannelTask): void {
    for (const { disk } of disksOf(task)) this.#release(disk.volumeId);
  }

  /** Clears up after an earlier process, and from now on removes kept volumes that were deleted. */
  async open(tasks: readonly { readonly arn: string }[]): Promise<void> {
    const known = new Set(tasks.map(({ arn }) => arn));
    for (const { volumeId, taskArn, kept } of (await this.#options.disks?.list()) ?? []) {
      if (!kept && !known.has(taskArn)) this.#release(volumeId);
    }
    this.#askLater(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopAsking?.();
  }

  #mounted(disk: WantedDisk): Promise<string> {
    const { disks } = this.#options;
    const under = this.#mounting.get(disk.volumeId);
    if (under !== undefined) return under;
    const mounted = (disks?.mount(disk) ?? Promise.reject(new Error(cannot))).catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TaskFailure(`ResourceInitializationError: failed to set up EBS volume ${disk.volumeId}: ${why}`, {
        cause,
      });
    });
    this.#mounting.set(disk.volumeId, mounted);
    const settled = () => this.#mounting.delete(disk.volumeId);
    mounted.then(settled, settled);
    return mounted;
  }

  #release(volumeId: string): void {
    if (this.#options.disks !== undefined) this.#leaving.add(volumeId);
    this.#try("an EBS volume could not be put away", volumeId, async (disks) => {
      await disks.release(volumeId);
      this.#leaving.delete(volumeId);
      this.#askLater(0); // it may have been deleted before we knew that it is kept
    });
  }

  #try(what: string, volumeId: string, work: (disks: EbsDisks) => Promise<void>): void {
    const { disks, logger } = this.#options;
    if (disks !== undefined) work(disks).catch((error: unknown) => logger.error({ err: error, volumeId }, what));
  }

  #askLater(afterMs: number): void {
    this.#stopAsking?.();
    if (this.#isClosed) return;
    this.#stopAsking = this.#options.clock.after(afterMs, () => {
      for (const volumeId of this.#leaving) this.#release(volumeId);
      void this.#forgetDeleted().then((afterMs) => this.#askLater(afterMs));
    });
  }

  /** @returns after how many milliseconds to ask again */
  async #forgetDeleted(): Promise<number> {
    const { disks, logger } = this.#options;
    try {
      const kept = ((await disks?.list()) ?? []).filter((each) => each.kept).map(({ volumeId }) => volumeId);
      const told = [...this.#removed];
      if (disks === undefined || kept.length + told.length === 0) return askEveryMs;
      const there = new Set(await this.#options.stillKept(kept, told));
      for (const volumeId of told) this.#removed.delete(volumeId);
      for (const volumeId of kept.filter((id) => !there.has(id))) {
        await disks.remove(volumeId);
        this.#removed.add(volumeId);
      }
      return this.#removed.size > 0 ? 0 : askEveryMs;
    } catch (error) {
      logger.debug({ err: error }, "it is not known which kept volumes were deleted");
      return askEveryMs;
    }
  }
}

const cannot = "this container instance has none: they take root, loop devices and mkfs on Linux";

/** The volumes that are made for a task, by their names in its definition. Source: agent protocol, section 3.8, `amazonebs`. */
function disksOf({
  arn,
  attachments = [],
}: ChannelTask): readonly { readonly name: string; readonly disk: WantedDisk }[] {
  return attachments.map(({ attachmentProperties }) => {
    const all = new Map(attachmentProperties.map(({ name, value }) => [name, value]));
    const fileSystem = all.get("fileSystem");
    return {
      name: all.get("volumeName") ?? "",
      disk: {
        volumeId: all.get("volumeId") ?? "",
        taskArn: arn,
        sizeGiB: Number(all.get("volumeSizeGib") ?? 1),
        ...(fileSystem === undefined ? {} : { fileSystem }),
        deleteOnTermination: all.get("deleteOnTermination") !== "false",
      },
    };
  });
}
