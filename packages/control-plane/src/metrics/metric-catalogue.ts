import { type MetricIdentity, metricKey } from "./metric-identity.ts";
import type { KeptMetric } from "./metrics-database.ts";

interface Known extends KeptMetric {
  seenAt: number;
}

/** The metrics that there are, of a bounded number and size of names. */
export class MetricCatalogue {
  private readonly known = new Map<string, Known>();
  private readonly limits: { readonly metrics: number; readonly bytes: number };
  private bytes = 0;
  private lastId = 0;

  constructor(kept: readonly KeptMetric[], limits: { readonly metrics: number; readonly bytes: number }) {
    this.limits = limits;
    for (const metric of kept) this.add(metricKey(metric), metric);
  }

  find(metric: MetricIdentity): KeptMetric | undefined {
    return this.known.get(metricKey(metric));
  }

  /** The metric, new or known, which values came for now. Undefined if it is new and there is no room. */
  see(metric: MetricIdentity, now: number): KeptMetric | undefined {
    const key = metricKey(metric);
    const known = this.known.get(key);
    if (known !== undefined) {
      known.seenAt = now;
      return known;
    }
    if (this.known.size >= this.limits.metrics || this.bytes + key.length > this.limits.bytes) return undefined;
    const { namespace, name, dimensions } = metric;
    return this.add(key, { id: this.lastId + 1, namespace, name, dimensions, seenAt: now });
  }

  forget(metric: KeptMetric): void {
    const key = metricKey(metric);
    if (this.known.delete(key)) this.bytes -= key.length;
  }

  all(): Iterable<KeptMetric> {
    return this.known.values();
  }

  private add(key: string, metric: KeptMetric): KeptMetric {
    this.known.set(key, { ...metric });
    this.bytes += key.length;
    this.lastId = Math.max(this.lastId, metric.id);
    return this.known.get(key) ?? metric;
  }
}
