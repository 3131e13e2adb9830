import type { Fleet } from "./fleet.ts";

/** What something took of each side. */
export interface Cost {
  /** By the clock. */
  readonly seconds: number;
  readonly controlPlaneCpu: number;
  readonly machinesCpu: number;
  /** Part of the time that the control plane's event loop was at work. */
  readonly busy: number;
  /** In milliseconds, at the longest: how long whatever came in waited for the event loop. */
  readonly longestBlock: number;
}

/** Connects so many instances; what one of them adds, once the garbage of its registration is gone. The first tenth does not count. */
export async function instanceMemory(
  fleet: Fleet,
  instances: number,
): Promise<{ readonly heapBytes: number; readonly residentBytes: number }> {
  const first = Math.ceil(instances / 10);
  await fleet.addMachines(first);
  const before = await fleet.controlPlane.usage(true);
  await fleet.addMachines(instances - first);
  const after = await fleet.controlPlane.usage(true);
  const each = (name: "heapBytes" | "residentBytes") => (after[name] - before[name]) / (instances - first);
  return { heapBytes: each("heapBytes"), residentBytes: each("residentBytes") };
}

/**
 * Does something, and tells what it took: seconds by the clock, and CPU seconds of the control plane and of those that simulate
 * its machines, apart. With HATOBA_BENCH_PROFILE=DIRECTORY it writes a CPU profile of the control plane during it.
 */
export async function costOf(fleet: Fleet, name: string, act: () => Promise<void>): Promise<Cost> {
  const directory = process.env["HATOBA_BENCH_PROFILE"];
  await fleet.controlPlane.usage(true);
  if (directory !== undefined) await fleet.controlPlane.startProfile();
  const machinesBefore = await fleet.machinesCpu();
  const cpuBefore = (await fleet.controlPlane.usage()).cpuSeconds;
  const started = performance.now();
  await act();
  const seconds = (performance.now() - started) / 1000;
  const { cpuSeconds, busy, longestBlock } = await fleet.controlPlane.usage();
  if (directory !== undefined) await fleet.controlPlane.stopProfile(`${directory}/${name}.cpuprofile`);
  return {
    seconds,
    controlPlaneCpu: cpuSeconds - cpuBefore,
    machinesCpu: (await fleet.machinesCpu()) - machinesBefore,
    busy,
    longestBlock,
  };
}
