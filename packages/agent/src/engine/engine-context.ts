import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { TaskCgroups } from "../runtime/cgroups/task-cgroups.ts";
import type { ContainerRuntime, PullBehaviour } from "../runtime/container-runtime.ts";
import type { EnginePlatform } from "../runtime/engine-platform.ts";
import type { EnginePresence } from "./engine-presence.ts";
import type { ImageCleanup, ImageKeeper } from "./image-keeper.ts";
import type { Limiter } from "./limiter.ts";
import type { HexSource } from "./new-task.ts";
import type { RegistryLogins } from "./registry-logins.ts";
import type { TaskHook } from "./task-hook.ts";

/** How an engine works; every member has a default in `defaultEngineSettings` but those of the machine. */
export interface EngineSettings {
  /** For AWS_REGION in containers that do not set it. */
  readonly region: string;
  /** Address of this machine that published ports are bound to; all of them if absent, as at ECS. */
  readonly publishAddress?: string;
  /** What containers run on; Linux if absent. */
  readonly platform?: EnginePlatform;
  /** Where host ports for ranges of container ports are picked, both ends included; the kernel's usual range if absent. */
  readonly dynamicPorts?: { readonly from: number; readonly to: number };
  /** The engine's runtime for containers that see GPUs; `nvidia` if absent. */
  readonly gpuRuntime?: string;
  /** On everything that this agent makes, besides those of ECS. */
  readonly labels: Readonly<Record<string, string>>;
  readonly pullBehaviour: PullBehaviour;
  /** Images that nobody uses are removed; undefined: never. */
  readonly imageCleanup?: (ImageCleanup & { readonly everyMs: number }) | undefined;
  /** Grace between SIGTERM and SIGKILL where the task definition names none. */
  readonly stopTimeoutSeconds: number;
  /** How long a stopped task's containers are kept once its end was acknowledged, in milliseconds. */
  readonly cleanupWaitMs: number;
  /** So many containers are being created and started at a time. */
  readonly startsAtOnce: number;
  readonly removalsAtOnce: number;
  /** How long news of containers alone wait for those of their task, in milliseconds. */
  readonly reportDelayMs: number;
  /** Everything is looked at again so often, in milliseconds, in case an event was lost. */
  readonly lookAgainMs: number;
}

/** Cleanup differs from ECS's three hours on purpose: here a stopped task's containers go at once, their logs being kept elsewhere. */
export const defaultEngineSettings = {
  pullBehaviour: "default",
  imageCleanup: { everyMs: 30 * 60_000, minimumAgeMs: 60 * 60_000, imagesPerCycle: 5 },
  stopTimeoutSeconds: 30,
  cleanupWaitMs: 0,
  startsAtOnce: 8,
  removalsAtOnce: 4,
  reportDelayMs: 500,
  lookAgainMs: 5 * 60_000,
} as const;

/** What all tasks of an engine share. */
export interface EngineContext {
  readonly runtime: ContainerRuntime;
  readonly cgroups: TaskCgroups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hooks: readonly TaskHook[];
  readonly hex: HexSource;
  readonly settings: EngineSettings;
  /** Makes sure that the pause image is there. @returns its name. */
  pauseImage(): Promise<string>;
  readonly logins: Pick<RegistryLogins, "find"> | undefined;
  readonly images: ImageKeeper;
  /** See SpecContext. */
  pickHostPorts(length: number): number;
  readonly presence: EnginePresence;
  readonly starts: Limiter;
  readonly removals: Limiter;
  /** Aborted when the engine closes: nothing is done any more, and containers stay as they are. */
  readonly closing: AbortSignal;
}
