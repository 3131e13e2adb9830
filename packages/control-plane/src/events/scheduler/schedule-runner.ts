import type { Schedule, ScheduleProgress } from "../../model/schedule.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { ConflictError, NotFoundError, type Store, type Stored } from "../../store/store.ts";
import { update } from "../../store/update.ts";
import { type Deliver, type Delivery, nextAttempt } from "../delivery.ts";
import { DeliveryQueue } from "../delivery-queue.ts";
import { isComplete, nextInvocation } from "./schedule-times.ts";
import { type ScheduledDelivery, type SchedulerPlace, scheduledDelivery, withContext } from "./scheduled-delivery.ts";

/** Timers do not reach further. */
const longestWaitMs = 24 * 60 * 60_000;

export interface ScheduleRunnerDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly place: SchedulerPlace;
  readonly deliver: Deliver;
}

/**
 * EventBridge Scheduler: calls each schedule's target when it is due. What was begun is noted in the store first and struck out
 * when it is over, so that a restart of the control plane carries on with it. Starts at once.
 */
export class ScheduleRunner {
  private readonly deps: ScheduleRunnerDeps;
  private readonly queue: DeliveryQueue;
  private readonly callOffs = new Map<string, () => void>();
  private readonly attempts = new WeakMap<object, number>();
  private readonly stopListening: () => void;
  private closed = false;

  constructor(deps: ScheduleRunnerDeps) {
    this.deps = deps;
    const deliver: Deliver = (delivery, input) => this.attempt(delivery as ScheduledDelivery, input);
    const dropped = (delivery: Delivery) => void this.over(delivery as ScheduledDelivery);
    this.queue = new DeliveryQueue({ clock: deps.clock, logger: deps.logger, deliver, dropped });
    for (const stored of deps.store.snapshot().list("schedule")) {
      this.wait(stored);
      for (const dueAt of stored.value.progress.underWay) this.begin(stored.arn, stored.value, dueAt);
    }
    this.stopListening = deps.store.onChange(({ before, after }) => {
      if (after?.kind === "schedule") this.wait(after);
      else if (before?.kind === "schedule") this.callOff(before.arn);
    });
  }

  close(): void {
    this.closed = true;
    this.stopListening();
    this.queue.close();
    for (const callOff of this.callOffs.values()) callOff();
    this.callOffs.clear();
  }

  private callOff(arn: string): void {
    this.callOffs.get(arn)?.();
    this.callOffs.delete(arn);
  }

  /** Takes a schedule as given from now on; one that has done all it had to goes, if it was to. */
  private wait(stored: Stored<"schedule">): void {
    const { arn, value: schedule } = stored;
    this.callOff(arn);
    if (this.closed) return;
    const { clock, logger } = this.deps;
    try {
      if (isToGo(schedule)) return void this.remove(stored);
      if (schedule.state === "DISABLED") return;
      const next = nextInvocation(arn, schedule, clock.now());
      if (next === undefined) return;
      const waitMs = Math.min(Math.max(0, next.at - clock.now()), longestWaitMs);
      const callOff = clock.after(waitMs, () => {
        if (clock.now() < next.at) return this.wait(stored);
        void this.due(arn, schedule.modifiedAt, next.dueAt);
      });
      this.callOffs.set(arn, callOff);
    } catch (error) {
      logger.error({ err: error, scheduleArn: arn }, "stored schedule cannot be read");
    }
  }

  /** @param modifiedAt of the schedule that this was due of: one that was changed meanwhile has its own times */
  private async due(arn: string, modifiedAt: number, dueAt: number): Promise<void> {
    const value = await this.change(arn, (schedule) => {
      if (schedule.modifiedAt !== modifiedAt || schedule.state === "DISABLED") return schedule.progress;
      return { lastDueAt: dueAt, underWay: [...schedule.progress.underWay, dueAt] };
    });
    if (value?.progress.underWay.includes(dueAt)) this.begin(arn, value, dueAt);
  }

  private begin(arn: string, schedule: Schedule, dueAt: number): void {
    this.queue.add(scheduledDelivery(arn, schedule, dueAt, this.deps.place));
  }

  private async attempt(delivery: ScheduledDelivery, input: string): Promise<void> {
    // Deleted, perhaps, since it was tried last.
    const { progress } = this.deps.store.snapshot().get("schedule", delivery.rule.arn)?.value ?? {};
    if (!progress?.underWay.includes(delivery.dueAt)) return;
    const attempts = (this.attempts.get(delivery) ?? 0) + 1;
    this.attempts.set(delivery, attempts);
    try {
      await this.deps.deliver(delivery, withContext(input, delivery, attempts));
    } catch (error) {
      // The queue asks the same, and gives up with it.
      if (nextAttempt(delivery, { error, attempts, now: this.deps.clock.now() }) === undefined)
        await this.over(delivery);
      throw error;
    }
    await this.over(delivery);
  }

  private async over({ rule, dueAt }: ScheduledDelivery): Promise<void> {
    await this.change(rule.arn, ({ progress }) => ({
      ...progress,
      underWay: progress.underWay.filter((time) => time !== dueAt),
    }));
  }

  /** @returns the schedule as it is then; undefined if it is gone, or the store cannot write */
  private async change(arn: string, progress: (schedule: Schedule) => ScheduleProgress): Promise<Schedule | undefined> {
    try {
      return await update(this.deps.store, "schedule", arn, (schedule) => {
        const changed = progress(schedule);
        return changed === schedule.progress ? schedule : { ...schedule, progress: changed };
      });
    } catch (error) {
      if (!(error instanceof NotFoundError))
        this.deps.logger.error({ err: error, scheduleArn: arn }, "schedule not kept");
      return undefined;
    }
  }

  private async remove({ arn, revision }: Stored<"schedule">): Promise<void> {
    try {
      await this.deps.store.commit([{ kind: "schedule", arn, expected: revision, value: null }]);
    } catch (error) {
      // Somebody changed it: it may have something to do again.
      if (!(error instanceof ConflictError))
        this.deps.logger.error({ err: error, scheduleArn: arn }, "schedule not kept");
    }
  }
}

/** It was carried out at least once: one that was made too late to be is left for its maker to find. */
const isToGo = (schedule: Schedule): boolean =>
  schedule.actionAfterCompletion === "DELETE" && schedule.progress.lastDueAt !== undefined && isComplete(schedule);
