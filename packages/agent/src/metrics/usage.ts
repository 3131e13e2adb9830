import type { ContainerStats } from "../runtime/container-details.ts";

const networkCounters = {
  rxBytes: "rx_bytes",
  rxPackets: "rx_packets",
  rxErrors: "rx_errors",
  rxDropped: "rx_dropped",
  txBytes: "tx_bytes",
  txPackets: "tx_packets",
  txErrors: "tx_errors",
  txDropped: "tx_dropped",
} as const;
export type NetworkCounter = keyof typeof networkCounters;
export const networkCounterNames = Object.keys(networkCounters) as readonly NetworkCounter[];

/** What a container has used up to a moment, and holds at it. */
export interface Usage {
  /** Epoch milliseconds, with their fractions. */
  readonly at: number;
  /** Since its start, over all processors. */
  readonly cpuNanoseconds: number;
  /** Without what the kernel keeps of files and can let go of at once. */
  readonly memoryBytes: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Since its start; absent without a network of its own. */
  readonly network?: Readonly<Record<NetworkCounter, number>>;
}

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members => (typeof value === "object" && value !== null ? (value as Members) : {});
const numberOf = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/** Reads the engine's statistics; undefined if they say no time. Source: Docker Engine API, ContainerStats. */
export function usageOf(stats: ContainerStats): Usage | undefined {
  const at = Date.parse(String(stats["read"]));
  if (!(at > 0)) return undefined;
  const [readBytes, writtenBytes] = blockBytes(stats);
  const network = networkOf(stats);
  return {
    at,
    cpuNanoseconds: numberOf(membersOf(membersOf(stats["cpu_stats"])["cpu_usage"])["total_usage"]),
    memoryBytes: memoryOf(membersOf(stats["memory_stats"])),
    readBytes,
    writtenBytes,
    ...(network === undefined ? {} : { network }),
  };
}

/** cgroup version 1 calls it `cache`; with version 2 it is `inactive_file`, as the docker CLI reckons too. */
function memoryOf({ usage, stats }: Members): number {
  const used = numberOf(usage);
  const { cache, inactive_file: inactive } = membersOf(stats);
  const spare = numberOf(cache === undefined ? inactive : cache);
  return spare < used ? used - spare : used;
}

function blockBytes(stats: ContainerStats): readonly [read: number, written: number] {
  const entries = membersOf(stats["blkio_stats"])["io_service_bytes_recursive"];
  const total = (operation: string) =>
    (Array.isArray(entries) ? entries.map(membersOf) : [])
      .filter(({ op }) => String(op).toLowerCase() === operation)
      .reduce((sum, { value }) => sum + numberOf(value), 0);
  return [total("read"), total("write")];
}

function networkOf({ networks }: ContainerStats): Usage["network"] {
  const interfaces = Object.values(membersOf(networks)).map(membersOf);
  if (interfaces.length === 0) return undefined;
  const total = (name: NetworkCounter) =>
    interfaces.reduce((sum, counters) => sum + numberOf(counters[networkCounters[name]]), 0);
  return Object.fromEntries(networkCounterNames.map((name) => [name, total(name)])) as Usage["network"];
}
