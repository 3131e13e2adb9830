import type { ContainerMetric } from "../channel/control-plane.ts";
import { longStatsSet, statsSet } from "./stats-set.ts";
import { networkCounterNames, type Usage } from "./usage.ts";

const MiB = 1024 * 1024;

export interface Measured {
  readonly containerName: string;
  /** Absent without a restart policy. */
  readonly restartCount?: number;
  /** In the order of their times. */
  readonly usages: readonly Usage[];
  /** The last one of the message before, for what shows only between two. */
  readonly before?: Usage;
  /** Processors of the machine. */
  readonly cpus: number;
}

/**
 * What a container used since the last message. Undefined while processor time is not known, which takes two samples.
 * Source: agent protocol §4.3.
 */
export function containerMetric(measured: Measured): ContainerMetric | undefined {
  const { containerName, restartCount, usages, before, cpus } = measured;
  const all = before === undefined ? usages : [before, ...usages];
  const pairs = all.slice(1).flatMap((now, index) => {
    const earlier = all[index];
    return earlier === undefined || now.at <= earlier.at ? [] : [{ earlier, now }];
  });
  const cpu = statsSet(pairs.map(({ earlier, now }) => cpuPercent(earlier, now, cpus)));
  const memory = statsSet(usages.map(({ memoryBytes }) => Math.floor(memoryBytes / MiB)));
  if (cpu === undefined || memory === undefined) return undefined;
  const network = networkSets(usages, pairs);
  return {
    containerName,
    cpuStatsSet: cpu,
    memoryStatsSet: memory,
    ...(network === undefined ? {} : { networkStatsSet: network }),
    storageStatsSet: {
      readSizeBytes: longStatsSet(usages.map(({ readBytes }) => readBytes)),
      writeSizeBytes: longStatsSet(usages.map(({ writtenBytes }) => writtenBytes)),
    },
    ...(restartCount === undefined ? {} : { restartStatsSet: { restartCount } }),
  };
}

/** 100 is all processors of the machine at work. A container that was started again begins to count anew. */
function cpuPercent(earlier: Usage, now: Usage, cpus: number): number {
  const nanoseconds = Math.max(0, now.cpuNanoseconds - earlier.cpuNanoseconds);
  return (nanoseconds / ((now.at - earlier.at) * 1e6 * cpus)) * 100;
}

interface Pair {
  readonly earlier: Usage;
  readonly now: Usage;
}

function networkSets(usages: readonly Usage[], pairs: readonly Pair[]): object | undefined {
  const networks = usages.flatMap(({ network }) => network ?? []);
  if (networks.length === 0) return undefined;
  const perSecond = (name: "rxBytes" | "txBytes") =>
    statsSet(
      pairs.map(({ earlier, now }) =>
        Math.max(0, ((now.network?.[name] ?? 0) - (earlier.network?.[name] ?? 0)) / ((now.at - earlier.at) / 1000)),
      ),
    );
  return {
    ...Object.fromEntries(networkCounterNames.map((name) => [name, longStatsSet(networks.map((each) => each[name]))])),
    rxBytesPerSecond: perSecond("rxBytes"),
    txBytesPerSecond: perSecond("txBytes"),
  };
}
