import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Settings } from "../settings.ts";
import type { Change, Store } from "../store/store.ts";
import { type AwsEvent, completeEvent, type EventDraft } from "./aws-event.ts";
import type { Deliver } from "./delivery.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import { type Describers, detailTypes, eventsOfChange, isEventKind } from "./events-of-change.ts";
import { type ActiveRule, activeRule, RuleBook } from "./rule-book.ts";
import { RuleSchedules } from "./rule-schedules.ts";

export interface EventBusDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Pick<Settings, "accountId" | "region">;
  readonly logger: Logger;
  readonly describe: Describers;
  readonly deliver: Deliver;
}

/** Changes that wait to become events at the most, and those made into events before others have their turn. */
const limits = { waiting: 100_000, atOnce: 100 } as const;

/**
 * The default event bus: what happens in the store, what callers put, and what schedules say goes to the targets of the rules
 * that it matches. Neither commits nor callers wait for it. Starts at once; rules and changes are those from then on.
 */
export class EventBus {
  private readonly deps: EventBusDeps;
  private readonly book: RuleBook;
  private readonly schedules: RuleSchedules;
  private readonly queue: DeliveryQueue;
  private readonly stopListening: () => void;
  private changes: { readonly change: Change; readonly at: number }[] = [];
  private isWoken = false;
  private closed = false;

  constructor(deps: EventBusDeps) {
    const { store, logger, clock } = deps;
    this.deps = deps;
    this.book = new RuleBook({ logger });
    this.queue = new DeliveryQueue(deps);
    this.schedules = new RuleSchedules({ clock, logger, due: (arn, at) => this.tick(arn, at) });
    for (const { arn, value } of store.snapshot().list("eventRule")) {
      this.book.set(arn, value);
      this.schedules.set(arn, value);
    }
    this.stopListening = store.onChange((change) => this.see(change));
  }

  /** Takes an event in. */
  put(event: AwsEvent): void {
    for (const rule of this.book.matching(event)) this.send(event, rule);
  }

  close(): void {
    this.closed = true;
    this.stopListening();
    this.schedules.close();
    this.queue.close();
    this.changes = [];
  }

  /** Called within the commit, so it only takes notes. */
  private see(change: Change): void {
    const { before, after } = change;
    const changed = after ?? before;
    if (changed?.kind === "eventRule") {
      const value = after?.kind === "eventRule" ? after.value : undefined;
      this.book.set(changed.arn, value);
      this.schedules.set(changed.arn, value);
      return;
    }
    if (after === undefined || !isEventKind(after.kind)) return;
    if (!detailTypes[after.kind].some((type) => this.book.wants(type))) return;
    this.changes.push({ change, at: this.deps.clock.now() });
    if (this.changes.length > limits.waiting) {
      this.changes = this.changes.slice(this.changes.length / 2);
      this.deps.logger.warn({ kept: this.changes.length }, "changes dropped: too many wait to become events");
    }
    this.wake();
  }

  private wake(): void {
    if (this.isWoken || this.closed || this.changes.length === 0) return;
    this.isWoken = true;
    setImmediate(() => {
      this.isWoken = false;
      for (const { change, at } of this.changes.splice(0, limits.atOnce)) this.publish(change, at);
      this.wake();
    });
  }

  private publish(change: Change, at: number): void {
    const { store, describe, logger } = this.deps;
    try {
      const drafts = eventsOfChange(change, { snapshot: store.snapshot(), describe, at });
      for (const draft of drafts) if (this.book.wants(draft["detail-type"])) this.put(this.complete(draft));
    } catch (error) {
      logger.error({ err: error, arn: change.after?.arn }, "a change could not become an event");
    }
  }

  /** A schedule's event goes to its own rule alone. Source: EventBridge user guide, "Scheduled events". */
  private tick(arn: string, at: number): void {
    const rule = this.deps.store.snapshot().get("eventRule", arn);
    if (rule === undefined) return;
    const draft = { "detail-type": "Scheduled Event", source: "aws.events", at, resources: [arn], detail: {} };
    this.send(this.complete(draft), activeRule(rule));
  }

  private complete(draft: EventDraft): AwsEvent {
    const { ids, settings } = this.deps;
    return completeEvent(draft, { id: ids.uuid(), accountId: settings.accountId, region: settings.region });
  }

  private send(event: AwsEvent, rule: ActiveRule): void {
    const ingestedAt = this.deps.clock.now();
    for (const target of rule.targets) this.queue.add({ event, rule, target, ingestedAt });
  }
}
