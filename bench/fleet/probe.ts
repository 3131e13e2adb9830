import { writeFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector/promises";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";

// Loaded into a measured process (`--import`): answers its parent's questions about it. Of next to no cost while nothing is asked.

/** What a process has used. */
export interface Usage {
  /** User and system time, in seconds. */
  readonly cpuSeconds: number;
  /** Bytes of the JavaScript heap and of buffers, after a full collection if that was asked for. */
  readonly heapBytes: number;
  /** Resident, in bytes. */
  readonly residentBytes: number;
  /** Part of the time since the last question that the event loop was at work, 0…1. */
  readonly busy: number;
  /** How long the event loop was kept from its timers since the last question, at the longest, in milliseconds. */
  readonly longestBlock: number;
}

export type Question =
  | { readonly ask: "usage"; readonly collect: boolean }
  | { readonly ask: "profile-start" }
  | { readonly ask: "profile-stop"; readonly path: string };

let session: Session | undefined;
let loop = performance.eventLoopUtilization();
const everyMilliseconds = 5;
const delays = monitorEventLoopDelay({ resolution: everyMilliseconds });
delays.enable();

async function answer(question: Question): Promise<Usage | Record<string, never>> {
  if (question.ask === "usage") return usage(question.collect);
  if (question.ask === "profile-start") {
    session = new Session();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 500 });
    await session.post("Profiler.start");
  } else if (session !== undefined) {
    const { profile } = (await session.post("Profiler.stop")) as { readonly profile: Profiler.Profile };
    writeFileSync(question.path, JSON.stringify(profile));
    session.disconnect();
  }
  return {};
}

function usage(collect: boolean): Usage {
  const { user, system } = process.cpuUsage();
  const now = performance.eventLoopUtilization();
  const { utilization } = performance.eventLoopUtilization(now, loop);
  loop = now;
  const longestBlock = Math.max(0, delays.max / 1e6 - everyMilliseconds);
  delays.reset();
  if (collect) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    heapBytes: heapUsed + external,
    residentBytes: rss,
    busy: utilization,
    longestBlock,
  };
}

process.on("message", (message: { readonly question?: Question; readonly id?: number }) => {
  const { question, id } = message;
  if (question === undefined) return;
  void answer(question).then((reply) => process.send?.({ id, reply }));
});
// Who measures is gone: nobody else would end this.
process.once("disconnect", () => process.exit());
