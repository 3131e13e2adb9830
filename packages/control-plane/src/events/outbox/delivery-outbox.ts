import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Delivery } from "../delivery.ts";
import { type KeptDelivery, keptEvent, OutboxDatabase, type Seen } from "./outbox-database.ts";

/** How far a delivery has come. */
export interface Progress {
  /** Made so far. */
  readonly attempts: number;
  /** When it is to be tried, epoch milliseconds. */
  readonly dueAt: number;
}
/** What a kept delivery goes by now; undefined if its rule or target is gone. */
type FindTarget = (ruleArn: string, targetId: string) => Pick<Delivery, "rule" | "target"> | undefined;

/** A delivery that is not over; `event` is there until it is on disk. */
interface Entry extends Omit<KeptDelivery, "event"> {
  event: string | undefined;
  /** Of the event, in characters. */
  readonly length: number;
  attempts: number;
  dueAt: number;
}

export interface DeliveryOutboxDeps {
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How much all events that wait may come to; 256 Mi if absent. Whoever adds makes room. */
  readonly budgetCharacters?: number;
}

/** What was delivered or failed is written down so much later, with all else of that time. */
const laterMs = 100;
/** After the disk took nothing. */
const againMs = 1_000;

/**
 * Keeps the deliveries of rules that are not over, so that they outlive the process. A new one is written at the end of the turn, with
 * all others of it; one that is over before never is. What the disk does not take is tried again, and lives in memory until then.
 */
export class DeliveryOutbox {
  /** As the process before left it. */
  readonly seen: Seen | undefined;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly database: OutboxDatabase;
  private readonly entries = new Map<Delivery, Entry>();
  private readonly fresh = new Set<Entry>();
  private readonly changed = new Set<Entry>();
  private readonly gone = new Set<number>();
  private unwrittenSeen: Seen | undefined;
  private lastId = 0;
  private readonly budget: number;
  private characters = 0;
  private isClosed = false;
  private isDueSoon = false;
  private callOff: (() => void) | undefined;
  private written = Promise.withResolvers<void>();
  private syncing: Promise<void> = Promise.resolve();
  private nextSync: Promise<void> | undefined;

  /** @throws DatabaseInUseError @throws DatabaseUnusableError */
  constructor({ path, clock, logger, budgetCharacters = 256 * 1024 * 1024 }: DeliveryOutboxDeps) {
    [this.clock, this.logger, this.budget] = [clock, logger, budgetCharacters];
    this.database = new OutboxDatabase(path);
    this.seen = this.database.seen();
  }

  /** Whether the events of all deliveries come to more than they may. */
  get isOverBudget(): boolean {
    return this.characters > this.budget;
  }

  /** What the process before left, oldest first, on its way to what its targets are now. What has none any more is removed. */
  reopen(find: FindTarget): readonly (Progress & { readonly delivery: Delivery })[] {
    let lost = 0;
    const found = this.database.deliveries().flatMap(({ event, ...kept }) => {
      this.lastId = Math.max(this.lastId, kept.id);
      const goal = find(kept.ruleArn, kept.targetId);
      if (goal === undefined) {
        this.gone.add(kept.id);
        lost++;
        return [];
      }
      const delivery = { ...goal, event: keptEvent(event), ingestedAt: kept.ingestedAt };
      this.remember(delivery, { ...kept, event: undefined, length: event.length });
      return [{ delivery, attempts: kept.attempts, dueAt: kept.dueAt }];
    });
    if (lost > 0) {
      this.logger.warn({ dropped: lost }, "events dropped: their rules or targets are gone");
      this.later(laterMs);
    }
    return found;
  }

  add(delivery: Delivery): void {
    if (this.isClosed) return;
    const event = JSON.stringify(delivery.event);
    const { rule, target, ingestedAt } = delivery;
    const place = { ruleArn: rule.arn, targetId: target.Id, ingestedAt };
    const entry = { ...place, id: ++this.lastId, event, length: event.length, attempts: 0, dueAt: ingestedAt };
    this.remember(delivery, entry);
    this.fresh.add(entry);
    this.soon();
  }

  /** It failed and is to be tried again. */
  postpone(delivery: Delivery, { attempts, dueAt }: Progress): void {
    const entry = this.entries.get(delivery);
    if (entry === undefined || this.isClosed) return;
    Object.assign(entry, { attempts, dueAt });
    if (!this.fresh.has(entry)) this.changed.add(entry);
    this.later(laterMs);
  }

  /** It arrived, or was given up. */
  remove(delivery: Delivery): void {
    const entry = this.entries.get(delivery);
    if (entry === undefined || this.isClosed) return;
    this.entries.delete(delivery);
    this.characters -= entry.length;
    this.changed.delete(entry);
    if (!this.fresh.delete(entry)) this.gone.add(entry.id);
    this.later(laterMs);
  }

  /** Changes of the store up to that revision have become events, which are all here. */
  saw(revision: number): void {
    if (this.isClosed) return;
    this.unwrittenSeen = { revision, at: this.clock.now() };
    this.later(laterMs);
  }

  /** Resolves when all that was added is on disk; also if the disk does not take it, which is logged. */
  async flushed(): Promise<void> {
    if (this.fresh.size > 0 && !this.isClosed) await this.written.promise;
    await (this.nextSync ?? this.syncing);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.write();
    this.isClosed = true;
    this.callOff?.();
    await (this.nextSync ?? this.syncing);
    this.database.close();
  }

  private remember(delivery: Delivery, entry: Entry): void {
    this.entries.set(delivery, entry);
    this.characters += entry.length;
  }

  private soon(): void {
    if (this.isDueSoon) return;
    this.isDueSoon = true;
    setImmediate(() => {
      this.isDueSoon = false;
      this.write();
    });
  }

  private later(milliseconds: number): void {
    this.callOff ??= this.clock.after(milliseconds, () => this.write());
  }

  private write(): void {
    if (this.isClosed) return;
    this.callOff?.();
    this.callOff = undefined;
    const { fresh, changed, gone, database, unwrittenSeen } = this;
    const told = this.written;
    this.written = Promise.withResolvers();
    try {
      if (fresh.size + changed.size + gone.size === 0 && unwrittenSeen === undefined) return;
      database.change(() => {
        for (const id of gone) database.remove(id);
        for (const entry of fresh) database.keep({ ...entry, event: entry.event ?? "" });
        for (const entry of changed) database.postpone(entry);
        if (unwrittenSeen !== undefined) database.keepSeen(unwrittenSeen);
      });
      if (fresh.size > 0) this.sync(); // The rest may come late: then it is done again.
      for (const entry of fresh) entry.event = undefined;
      for (const set of [fresh, changed, gone]) set.clear();
      this.unwrittenSeen = undefined;
    } catch (error) {
      this.logger.error({ err: error, deliveries: fresh.size }, "events that wait could not be written down");
      this.later(againMs);
    } finally {
      told.resolve();
    }
  }

  /** Begins after the one that is under way, and is for all who ask until then. */
  private sync(): void {
    this.nextSync ??= this.syncing.then(() => {
      this.nextSync = undefined;
      this.syncing = this.database.sync().catch((error: unknown) => {
        this.logger.error({ err: error }, "events that wait could not be written down");
      });
      return this.syncing;
    });
  }
}
