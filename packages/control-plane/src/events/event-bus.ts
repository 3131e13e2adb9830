import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Settings } from "../settings.ts";
import type { Change, Store } from "../store/store.ts";
import { type AwsEvent, completeEvent, type EventDraft } from "./aws-event.ts";
import type { Deliver } from "./delivery.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import { type Describers, detailTypes, type EventKind, eventsOfChange, isEventKind } from "./events-of-change.ts";
import type { DeliveryOutbox } from "./outbox/delivery-outbox.ts";
import { missedChanges } from "./outbox/missed-changes.ts";
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
  /** Keeps what is not delivered over a restart, if it is there; its owner closes it, after the bus. */
  readonly outbox?: DeliveryOutbox;
}

/** Changes that wait to become events at the most, and those made into events before others have their turn. */
const limits = { waiting: 100_000, atOnce: 100 } as const;

/** `at` is epoch milliseconds. One that was missed is no news to rules that changed after it. */
interface SeenChange {
  readonly change: Change;
  readonly at: number;
  readonly isMissed?: boolean;
}

/**
 * The default event bus: what happens in the store, what callers put, and what schedules say goes to the targets of the rules
 * that it matches. Commits do not wait for it. Starts at once; rules and changes are those from then on. With an outbox it goes on with
 * what the process before had not delivered, and with what it had not seen of the store's changes.
 */
export class EventBus {
  private readonly deps: EventBusDeps;
  private readonly book: RuleBook;
  private readonly schedules: RuleSchedules;
  private readonly queue: DeliveryQueue;
  private readonly stopListening: () => void;
  private changes: SeenChange[] = [];
  private isWoken = false;
  private closed = false;

  constructor(deps: EventBusDeps) {
    const { store, logger, clock } = deps;
    this.deps = deps;
    this.book = new RuleBook({ logger });
    const { outbox } = deps;
    this.queue = new DeliveryQueue({
      ...deps,
      dropped: (delivery) => outbox?.remove(delivery),
      settled: (delivery) => outbox?.remove(delivery),
      postponed: (delivery, progress) => outbox?.postpone(delivery, progress),
    });
    this.schedules = new RuleSchedules({ clock, logger, due: (arn, at) => this.tick(arn, at) });
    for (const { arn, value } of store.snapshot().list("eventRule")) {
      this.book.set(arn, value);
      this.schedules.set(arn, value);
    }
    if (outbox !== undefined) this.goOn(outbox);
    this.stopListening = store.onChange((change) => this.see(change));
  }

  /** Takes an event in; resolves once it is on disk for each target that it goes to. */
  async put(event: AwsEvent): Promise<void> {
    const rules = this.book.matching(event);
    for (const rule of rules) this.send(event, rule);
    if (rules.length > 0) await this.deps.outbox?.flushed();
  }

  close(): void {
    this.closed = true;
    this.stopListening();
    this.queue.close();
    this.publishNext(this.changes.length); // For the outbox.
    this.deps.outbox?.saw(this.deps.store.snapshot().revision);
    this.schedules.close();
  }

  private goOn(outbox: DeliveryOutbox): void {
    const { store, clock } = this.deps;
    const snapshot = store.snapshot();
    const resumed = outbox.reopen((ruleArn, targetId) => {
      const rule = snapshot.get("eventRule", ruleArn);
      const target = rule?.value.targets.find(({ Id }) => Id === targetId);
      return rule && target && { rule: activeRule(rule), target };
    });
    for (const { delivery, ...progress } of resumed) this.queue.resume(delivery, progress);
    const { seen } = outbox;
    if (seen === undefined) return outbox.saw(snapshot.revision);
    const wanted = (Object.keys(detailTypes) as EventKind[]).filter((kind) => this.isWanted(kind));
    const at = clock.now();
    this.changes = missedChanges(snapshot, seen, wanted).map((change) => ({ change, at, isMissed: true }));
    this.wake();
  }

  private isWanted(kind: EventKind): boolean {
    return detailTypes[kind].some((type) => this.book.wants(type));
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
    if (!this.isWanted(after.kind)) return;
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
      this.publishNext(limits.atOnce);
      this.wake();
    });
  }

  private publishNext(most: number): void {
    const now = this.changes.splice(0, most);
    for (const seen of now) this.publish(seen);
    const [last, next] = [now.at(-1), this.changes[0]];
    if (last === undefined) return;
    // Changes of one commit have one revision: it is seen when the last of them is.
    this.deps.outbox?.saw(next === undefined ? last.change.revision : next.change.revision - 1);
  }

  private publish({ change, at, isMissed = false }: SeenChange): void {
    const { store, describe, logger } = this.deps;
    try {
      const snapshot = store.snapshot();
      const isNews = ({ arn }: ActiveRule) =>
        !isMissed || (snapshot.get("eventRule", arn)?.revision ?? 0) < change.revision;
      for (const draft of eventsOfChange(change, { snapshot, describe, at })) {
        if (!this.book.wants(draft["detail-type"])) continue;
        const event = this.complete(draft);
        for (const rule of this.book.matching(event).filter(isNews)) this.send(event, rule);
      }
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
    for (const target of rule.targets) {
      const delivery = { event, rule, target, ingestedAt };
      this.deps.outbox?.add(delivery);
      this.queue.add(delivery);
    }
    this.makeRoom();
  }

  private makeRoom(): void {
    const { outbox } = this.deps;
    while (outbox?.isOverBudget && this.queue.dropOldest());
  }
}
