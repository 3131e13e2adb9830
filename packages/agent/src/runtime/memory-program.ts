import type { ContainerFailure, ContainerSpec } from "./container-runtime.ts";

/** How a container behaves in the memory runtime; an empty one runs until it is asked to stop, and then ends with 143. */
export interface MemoryProgram {
  /** Milliseconds that a pull of its image takes; without it the image is here. */
  readonly pullMs?: number;
  readonly imageDigest?: string;
  /** Milliseconds; 0 takes a turn of the event loop and no time. */
  readonly createMs?: number;
  readonly startMs?: number;
  readonly failPull?: ContainerFailure;
  readonly failCreate?: ContainerFailure;
  readonly failStart?: ContainerFailure;
  /** Milliseconds after its start at which it ends by itself. */
  readonly exitAfterMs?: number;
  /** With which it ends by itself; 0 if absent. */
  readonly exitCode?: number;
  /** It ends by itself because the kernel killed it. */
  readonly outOfMemory?: boolean;
  /** With which it ends when it is asked to; 143 if absent. */
  readonly stopExitCode?: number;
  /** Milliseconds between being asked to stop and the end. */
  readonly stopMs?: number;
  readonly ignoresStop?: boolean;
  /** Health by milliseconds after the start; with it the container has a health check. */
  readonly health?: readonly { readonly afterMs: number; readonly health: "HEALTHY" | "UNHEALTHY" }[];
  /** Written to standard output as soon as it starts. */
  readonly output?: readonly string[];
}

/** Chooses how a container behaves. Asked when its image is pulled (by the image's name alone), and when it is created. */
export type ProgramOf = (container: Pick<ContainerSpec, "image"> & Partial<ContainerSpec>) => MemoryProgram;
