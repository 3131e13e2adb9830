import type { EventRule } from "../model/event-rule.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { parseSchedule, type Schedule } from "./schedule/parse-schedule.ts";

/** Timers do not reach further. */
const longestWaitMs = 24 * 60 * 60_000;

/**
 * Calls when an enabled rule's schedule is due. A time that passed while nobody watched is not made up for.
 * It is told of every change of a rule.
 */
export class RuleSchedules {
  private readonly callOffs = new Map<string, () => void>();
  private readonly deps: {
    readonly clock: Clock;
    readonly logger: Logger;
    /** @param at epoch milliseconds: when it was due */
    readonly due: (ruleArn: string, at: number) => void;
  };

  constructor(deps: RuleSchedules["deps"]) {
    this.deps = deps;
  }

  /** A rule is as given from now on; gone if `value` is undefined. */
  set(arn: string, value: EventRule | undefined): void {
    this.callOffs.get(arn)?.();
    this.callOffs.delete(arn);
    if (value?.scheduleExpression === undefined || value.state === "DISABLED") return;
    try {
      const schedule = parseSchedule(value.scheduleExpression, value.scheduledSince);
      this.wait(arn, schedule, schedule.next(this.deps.clock.now()));
    } catch (error) {
      this.deps.logger.error({ err: error, ruleArn: arn }, "stored schedule cannot be read");
    }
  }

  close(): void {
    for (const callOff of this.callOffs.values()) callOff();
    this.callOffs.clear();
  }

  private wait(arn: string, schedule: Schedule, at: number | undefined): void {
    if (at === undefined) return;
    const { clock, due } = this.deps;
    const callOff = clock.after(Math.min(Math.max(0, at - clock.now()), longestWaitMs), () => {
      const now = clock.now();
      if (now < at) return this.wait(arn, schedule, at);
      this.wait(arn, schedule, schedule.next(now));
      due(arn, at);
    });
    this.callOffs.set(arn, callOff);
  }
}
