import type { ChannelTask, ChannelTaskDefinitionContainer } from "@hatoba/contract";
import type { ContainerSpec } from "../runtime/container-runtime.ts";

/** A container of a task, as hooks see it. Containers that only the agent knows of (pause) are not shown to hooks. */
export interface HookedContainer {
  readonly task: ChannelTask;
  readonly container: ChannelTaskDefinitionContainer;
  /** Its name in the runtime, the same for its whole life. */
  readonly runtimeName: string;
}
export interface CreatedContainer extends HookedContainer {
  readonly runtimeId: string;
}

/**
 * Something that is done around a task's containers: shipping logs, fetching secrets, writing metadata. Hooks are called in the
 * order in which they were given. One task's hooks may run at the same time as another's.
 */
export interface TaskHook {
  /**
   * Changes what is about to be created.
   * @throws ContainerFailure: the container does not start, and the failure is its stopped reason.
   */
  beforeCreate?(container: HookedContainer, spec: ContainerSpec): ContainerSpec | Promise<ContainerSpec>;
  /**
   * It runs, or has run. Called again when a restart policy started it anew, and after a restart of the agent for every
   * container that is still there, running or not; so it may come twice. Nothing waits for it, and it must not throw.
   */
  started?(container: CreatedContainer): void;
  /** The end of the task is wanted. Once at the most, and before its containers are told. Nothing waits for it, and it must not throw. */
  stopping?(task: ChannelTask): void;
  /** Its process has ended, for good. Only after `started`. Nothing waits for it, and it must not throw. */
  stopped?(container: CreatedContainer): void;
  /**
   * Resolves when the container is not needed any more, as when its output has been read to the end. Asked once it has
   * stopped; the container is removed after that. What it throws is logged, and the container removed all the same.
   */
  settled?(container: CreatedContainer): Promise<void>;
  /** All containers of the task have been removed and the task is forgotten. Nothing waits for it, and it must not throw. */
  forgotten?(task: ChannelTask): void;
}
