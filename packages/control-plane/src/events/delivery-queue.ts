import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { type Deliver, type Delivery, isTooOld, nextAttempt } from "./delivery.ts";
import { targetInput } from "./input/target-input.ts";

/** A delivery that waits, is under way, or rests until it is tried again. */
interface Item {
  readonly delivery: Delivery;
  attempts: number;
}
interface Lane {
  readonly waiting: Item[];
  underWay: number;
}

const saidEveryMs = 10_000;
/** Deliveries that are waiting or resting at the most; of one target under way at a time. */
const usualLimits = { capacity: 10_000, atOnce: 8 } as const;

interface DeliveryQueueDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deliver: Deliver;
  /** Told of a delivery that is dropped, as there are too many. */
  readonly dropped?: (delivery: Delivery) => void;
  /** Told of a delivery that arrived, or was given up. */
  readonly settled?: (delivery: Delivery) => void;
  /** Told of a delivery that failed and is to be tried again; `attempts` made so far, `dueAt` in epoch milliseconds. */
  readonly postponed?: (delivery: Delivery, progress: { readonly attempts: number; readonly dueAt: number }) => void;
}

/**
 * Takes deliveries in at once and carries them out, each until it succeeds or is given up. Targets do not wait for each
 * other. When there are too many, the oldest of the target that most wait for is dropped. What is in here lives as long
 * as the process: who wants more of it keeps what is not over, and resumes it.
 */
export class DeliveryQueue {
  private readonly lanes = new Map<string, Lane>();
  /** What calls each one's next attempt off. */
  private readonly resting = new Map<Item, () => void>();
  private readonly deps: DeliveryQueueDeps;
  private readonly limits: { readonly capacity: number; readonly atOnce: number };
  private waiting = 0;
  private closed = false;
  private readonly dropped = { count: 0, saidAt: Number.NEGATIVE_INFINITY };

  constructor(deps: DeliveryQueueDeps, limits: { readonly capacity?: number; readonly atOnce?: number } = {}) {
    this.deps = deps;
    this.limits = { ...usualLimits, ...limits };
  }

  add(delivery: Delivery): void {
    if (this.closed) return;
    if (this.waiting + this.resting.size >= this.limits.capacity) this.dropOldest();
    this.enqueue({ delivery, attempts: 0 });
  }

  /** Goes on with a delivery of a process before: when it is due, or not at all if it is too old by now. */
  resume(delivery: Delivery, { attempts, dueAt }: { readonly attempts: number; readonly dueAt: number }): void {
    if (this.closed) return;
    const { clock, logger, settled } = this.deps;
    if (isTooOld(delivery, clock.now())) {
      logger.warn({ ...fieldsOf(delivery), attempts }, "event not delivered");
      return settled?.(delivery);
    }
    const item = { delivery, attempts };
    if (dueAt > clock.now()) this.rest(item, dueAt - clock.now());
    else this.enqueue(item);
  }

  /** Makes room. @returns whether there was anything to drop */
  dropOldest(): boolean {
    const [longest] = [...this.lanes.values()].toSorted((a, b) => b.waiting.length - a.waiting.length);
    const waiting = longest?.waiting.shift();
    if (waiting !== undefined) this.waiting--;
    const [oldest] = this.resting;
    const item = waiting ?? oldest?.[0];
    if (item === undefined) return false;
    this.resting.get(item)?.();
    this.resting.delete(item);
    this.deps.dropped?.(item.delivery);
    this.sayDropped();
    return true;
  }

  /** Nothing further is begun; what rests is given up. */
  close(): void {
    this.closed = true;
    for (const callOff of this.resting.values()) callOff();
    this.resting.clear();
    this.lanes.clear();
  }

  private enqueue(item: Item): void {
    const { Arn } = item.delivery.target;
    const lane = this.lanes.get(Arn) ?? { waiting: [], underWay: 0 };
    this.lanes.set(Arn, lane);
    lane.waiting.push(item);
    this.waiting++;
    this.pump(Arn, lane);
  }

  private pump(arn: string, lane: Lane): void {
    while (lane.underWay < this.limits.atOnce && !this.closed) {
      const item = lane.waiting.shift();
      if (item === undefined) break;
      this.waiting--;
      lane.underWay++;
      void this.attempt(item).finally(() => {
        lane.underWay--;
        this.pump(arn, lane);
      });
    }
    if (lane.underWay === 0 && lane.waiting.length === 0) this.lanes.delete(arn);
  }

  private async attempt(item: Item): Promise<void> {
    const { delivery } = item;
    const { rule, event, ingestedAt, target } = delivery;
    item.attempts++;
    try {
      const input = targetInput(target, { event, ruleArn: rule.arn, ruleName: rule.name, ingestedAt });
      await this.deps.deliver(delivery, input);
    } catch (error) {
      return this.failed(item, error);
    }
    this.deps.settled?.(delivery);
  }

  private failed(item: Item, error: unknown): void {
    const { clock, logger, settled, postponed } = this.deps;
    const { attempts, delivery } = item;
    const pause = nextAttempt(delivery, { error, attempts, now: clock.now() });
    const fields = { err: error, ...fieldsOf(delivery), attempts };
    if (pause === undefined) {
      logger.warn(fields, "event not delivered");
      return settled?.(delivery);
    }
    logger.debug(fields, "event delivery failed and is tried again");
    if (this.closed) return;
    postponed?.(delivery, { attempts, dueAt: clock.now() + pause });
    this.rest(item, pause);
  }

  private rest(item: Item, pauseMs: number): void {
    const callOff = this.deps.clock.after(pauseMs, () => {
      this.resting.delete(item);
      this.enqueue(item);
    });
    this.resting.set(item, callOff);
  }

  /** Now and then, not for each. */
  private sayDropped(): void {
    const { clock, logger } = this.deps;
    this.dropped.count++;
    if (clock.now() - this.dropped.saidAt < saidEveryMs) return;
    logger.warn({ dropped: this.dropped.count }, "events dropped: too many wait for their targets");
    this.dropped.count = 0;
    this.dropped.saidAt = clock.now();
  }
}

const fieldsOf = ({ event, rule, target }: Delivery) => ({ eventId: event.id, ruleArn: rule.arn, targetId: target.Id });
