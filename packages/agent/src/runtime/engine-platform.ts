import type { ChannelTask } from "@hatoba/contract";
import type { ContainerSpec } from "./container-runtime.ts";
import { type CreateBody, createBody } from "./docker-spec.ts";

/** What depends on the operating system that an engine's containers run on. Linux is here; Windows has a room of its own. */
export interface EnginePlatform {
  readonly osType: "linux" | "windows";
  /** Longest waits for the engine, in milliseconds. */
  readonly waits: {
    readonly create: number;
    readonly start: number;
    /** Between two signs of progress of a pull. */
    readonly pullInactivity: number;
  };
  /** Whether the CPU and memory of a task bind its containers. */
  readonly limitsTasks: boolean;
  /** Body of the engine's create call. */
  createBody(spec: ContainerSpec): CreateBody;
  /** What a task asks for that cannot be had on such an engine, as "GPUs are not assigned"; nothing if it can run. */
  lacks(payload: ChannelTask): readonly string[];
}

const minute = 60_000;

/** Source of the waits: agent protocol §1.2 and §5.11. */
export const linuxEngine: EnginePlatform = {
  osType: "linux",
  waits: { create: 4 * minute, start: 3 * minute, pullInactivity: minute },
  limitsTasks: true,
  createBody,
  lacks: () => [],
};
