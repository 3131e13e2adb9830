import type { Delivery } from "../events/delivery.ts";
import { DeliveryQueue } from "../events/delivery-queue.ts";
import type { StoredLogEvent } from "../log-store/log-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ReadySubscription } from "./filter-book.ts";
import { subscriptionBody, subscriptionMessage } from "./subscription-payload.ts";

/** Events of one stream for one filter are sent together: those of so long, and no more than so much. */
const together = { ms: 100, events: 10_000, bytes: 512 * 1024 } as const;
/** Bodies that wait for their destinations at the most. */
const capacity = 256;
/** UTF-8 bytes of messages that wait to be made a body. */
const mostUnready = 32 * 1024 * 1024;
const saidEveryMs = 10_000;

interface Batch {
  readonly subscription: ReadySubscription;
  readonly events: StoredLogEvent[];
  bytes: number;
  readonly callOff: () => void;
}

/**
 * Sends log events to the destinations of subscription filters: in the order in which they came as long as all goes well, again and
 * ever more slowly for a day where it does not. What waits is kept in memory, so much of it; the oldest of it goes, with a warning.
 */
export class Subscriptions {
  private readonly deps: SubscriptionsDeps;
  private readonly queue: DeliveryQueue;
  private readonly batches = new Map<string, Batch>();
  /** Complete batches, oldest first; one of them at a time is made ready, so that they stay in order. */
  private unready: Batch[] = [];
  private unreadyBytes = 0;
  private isMaking = false;
  private closed = false;
  private readonly dropped = { count: 0, saidAt: Number.NEGATIVE_INFINITY };

  constructor(deps: SubscriptionsDeps) {
    this.deps = deps;
    const { clock, logger, send } = deps;
    this.queue = new DeliveryQueue({ clock, logger, deliver: send }, { capacity, atOnce: 1 });
  }

  /** An event of a stream that its filter lets through. */
  add(subscription: ReadySubscription, stream: string, event: StoredLogEvent): void {
    if (this.closed) return;
    const key = `${subscription.key}\n${stream}`;
    const batch = this.batches.get(key) ?? this.begin(key, subscription);
    batch.events.push(event);
    batch.bytes += Buffer.byteLength(event.message);
    if (batch.events.length >= together.events || batch.bytes >= together.bytes) this.flush(key);
  }

  close(): void {
    this.closed = true;
    for (const { callOff } of this.batches.values()) callOff();
    this.batches.clear();
    this.unready = [];
    this.queue.close();
  }

  private begin(key: string, subscription: ReadySubscription): Batch {
    const callOff = this.deps.clock.after(together.ms, () => this.flush(key));
    const batch: Batch = { subscription, events: [], bytes: 0, callOff };
    this.batches.set(key, batch);
    return batch;
  }

  private flush(key: string): void {
    const batch = this.batches.get(key);
    if (batch === undefined) return;
    this.batches.delete(key);
    batch.callOff();
    this.unready.push(batch);
    this.unreadyBytes += batch.bytes;
    while (this.unreadyBytes > mostUnready && this.unready.length > 1) this.drop(this.unready.shift());
    void this.makeReady();
  }

  private async makeReady(): Promise<void> {
    if (this.isMaking) return;
    this.isMaking = true;
    for (let batch = this.unready.shift(); batch !== undefined; batch = this.unready.shift()) {
      this.unreadyBytes -= batch.bytes;
      try {
        await this.send(batch);
      } catch (error) {
        this.deps.logger.error({ err: error }, "log events could not be made ready to be sent");
      }
    }
    this.isMaking = false;
  }

  private drop(batch: Batch | undefined): void {
    const { clock, logger } = this.deps;
    this.unreadyBytes -= batch?.bytes ?? 0;
    this.dropped.count += batch?.events.length ?? 0;
    if (clock.now() - this.dropped.saidAt < saidEveryMs) return;
    logger.warn({ dropped: this.dropped.count }, "log events not sent to their destinations: too many came at once");
    this.dropped.count = 0;
    this.dropped.saidAt = clock.now();
  }

  private async send({ subscription: { key, filter }, events }: Batch): Promise<void> {
    const { clock, owner } = this.deps;
    const logStream = events[0]?.stream ?? "";
    const about = { owner, logGroup: filter.logGroupName, logStream, subscriptionFilters: [filter.name] };
    const body = await subscriptionBody(subscriptionMessage(events, about));
    if (this.closed) return;
    this.queue.add(deliveryOf(key, filter.destinationArn, body, clock.now()));
  }
}

export interface SubscriptionsDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The account. */
  readonly owner: string;
  readonly send: (delivery: Delivery, input: string) => Promise<void>;
}

/** As the queue takes it: of an event for a target there is just the target's own input. */
const deliveryOf = (key: string, destination: string, body: string, now: number): Delivery => ({
  event: {
    version: "0",
    id: "",
    "detail-type": "Log Events",
    source: "aws.logs",
    account: "",
    time: "",
    region: "",
    resources: [],
    detail: {},
  },
  rule: { arn: key, name: key },
  target: { Id: key, Arn: destination, Input: body },
  ingestedAt: now,
});
