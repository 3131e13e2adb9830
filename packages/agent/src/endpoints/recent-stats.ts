import type { ContainerStats } from "../runtime/container-details.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";

/** Two samples further apart than this say nothing of the present, in milliseconds. */
const longestGapMs = 120_000;
/** So many containers' last samples are kept. */
const mostKept = 2000;

/**
 * What containers use just now. The last sample of each is kept, since processor shares and rates only show between two;
 * nothing is asked of the engine while nobody asks here.
 */
export class RecentStats {
  readonly #runtime: Pick<ContainerRuntime, "stats">;
  readonly #last = new Map<string, ContainerStats>();

  constructor(runtime: Pick<ContainerRuntime, "stats">) {
    this.#runtime = runtime;
  }

  /** A new sample, with the one before it as `precpu_stats`; undefined for a container that does not run. */
  async sample(
    runtimeId: string,
  ): Promise<{ readonly stats: ContainerStats; readonly rates?: NetworkRates } | undefined> {
    const before = this.#last.get(runtimeId);
    const now = await this.#runtime.stats(runtimeId);
    this.#last.delete(runtimeId);
    if (now === undefined) return undefined;
    this.#last.set(runtimeId, now);
    if (this.#last.size > mostKept) this.#last.delete(this.#last.keys().next().value ?? "");
    const gapMs = before === undefined ? Number.NaN : timeOf(now) - timeOf(before);
    if (before === undefined || !(gapMs > 0 && gapMs <= longestGapMs)) return { stats: now };
    const stats = { ...now, preread: before["read"], precpu_stats: before["cpu_stats"] };
    const rates = networkRates(before, now, gapMs / 1000);
    return rates === undefined ? { stats } : { stats, rates };
  }
}

export interface NetworkRates {
  readonly rx_bytes_per_sec: number;
  readonly tx_bytes_per_sec: number;
}

const timeOf = (stats: ContainerStats): number => Date.parse(String(stats["read"]));

/** Undefined without a network of its own. */
function networkRates(before: ContainerStats, now: ContainerStats, seconds: number): NetworkRates | undefined {
  if (now["networks"] === undefined) return undefined;
  const rate = (member: "rx_bytes" | "tx_bytes") =>
    Math.max(0, (networkTotal(now, member) - networkTotal(before, member)) / seconds);
  return { rx_bytes_per_sec: rate("rx_bytes"), tx_bytes_per_sec: rate("tx_bytes") };
}

/** One counter over all interfaces of a container. @param member as `rx_bytes` */
export function networkTotal({ networks }: ContainerStats, member: string): number {
  const interfaces = Object.values((networks ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  return interfaces.reduce((sum, face) => sum + Number(face[member] ?? 0), 0);
}
