import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { ConflictError, type Store } from "../../store/store.ts";
import { HeavyPasses } from "./heavy-passes.ts";
import type { Next, Reconciler } from "./reconciler.ts";
import { Timers } from "./timers.ts";
import { WorkQueue } from "./work-queue.ts";

const everyKeyMilliseconds = 5 * 60_000;
/** How long passes may start one after another before the rest of the process gets its turn. */
const turnMilliseconds = 8;
/** Passes that wait for their commit at the same time; those of one turn share a flush. */
const concurrency = 32;
const firstRetryMilliseconds = 500;
const longestRetryMilliseconds = 60_000;

/** What a loop runs on. */
export interface ControllerDependencies {
  readonly reconciler: Reconciler;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs a reconciler: all keys at the start and again every few minutes, a key's own changes as they come, a pass at a
 * time per key. A pass that throws is tried again after a growing delay; a conflict is just another pass.
 */
export class Controller {
  private readonly reconciler: Reconciler;
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly logger: Logger;
  private readonly queue = new WorkQueue();
  private readonly alarms: Timers;
  private readonly heavy = new HeavyPasses((key) => this.wake([key]));
  private readonly failures = new Map<string, number>();
  private turnPlanned = false;
  private stopping = false;
  private idle: PromiseWithResolvers<void> | undefined;
  private stopWatching: () => void = () => undefined;
  private stopRounds: () => void = () => undefined;

  constructor({ reconciler, store, clock, logger }: ControllerDependencies) {
    this.reconciler = reconciler;
    this.store = store;
    this.clock = clock;
    this.logger = logger.child({ loop: reconciler.name });
    this.alarms = new Timers(clock, (key) => this.wake([key]));
  }

  start(): void {
    this.stopWatching = this.store.onChange((change) => this.wake(this.reconciler.keysFor(change)));
    this.round();
  }

  /** Begins no further pass; resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopWatching();
    this.stopRounds();
    this.alarms.clearAll();
    this.heavy.clear();
    this.queue.clear();
    if (this.queue.active === 0) return;
    this.idle ??= Promise.withResolvers();
    await this.idle.promise;
  }

  private round(): void {
    this.wake(this.reconciler.allKeys(this.store.snapshot()));
    this.stopRounds = this.clock.after(everyKeyMilliseconds, () => this.round());
  }

  private wake(keys: readonly string[]): void {
    if (this.stopping || keys.length === 0) return;
    for (const key of keys) this.queue.add(key);
    this.planTurn();
  }

  private planTurn(): void {
    if (this.turnPlanned || this.stopping || this.queue.size === 0 || this.queue.active >= concurrency) return;
    this.turnPlanned = true;
    setImmediate(() => {
      this.turnPlanned = false;
      this.turn();
    });
  }

  /** Starts passes until the time is up: each runs up to its commit before the next one starts. */
  private turn(): void {
    const end = performance.now() + turnMilliseconds;
    while (!this.stopping && this.queue.active < concurrency && performance.now() < end) {
      const key = this.queue.take();
      if (key === undefined) return;
      const isHeavy = this.reconciler.isHeavy?.(key) === true;
      if (!isHeavy) this.heavy.forget(key);
      if (isHeavy && this.heavy.holds(key)) this.queue.done(key);
      else void this.pass(key, isHeavy);
    }
    this.planTurn();
  }

  private async pass(key: string, isHeavy: boolean): Promise<void> {
    this.alarms.clear(key);
    try {
      this.plan(key, await (isHeavy ? this.timed(key) : this.reconciler.reconcile(key)));
      this.failures.delete(key);
    } catch (error) {
      this.recover(key, error);
    }
    this.queue.done(key);
    if (this.stopping && this.queue.active === 0) this.idle?.resolve();
    this.planTurn();
  }

  /** A heavy pass; what it takes up to its commit is what it keeps others from. */
  private timed(key: string): Promise<Next> {
    const begin = performance.now();
    const pass = this.reconciler.reconcile(key);
    this.heavy.passed(performance.now() - begin);
    return pass;
  }

  private plan(key: string, next: Next): void {
    if (next === "when-changed" || this.stopping) return;
    if (next.afterSeconds <= 0) this.queue.add(key);
    else this.alarms.set(key, next.afterSeconds * 1000);
  }

  private recover(key: string, error: unknown): void {
    if (this.stopping) return;
    if (error instanceof ConflictError) {
      this.queue.add(key);
      return;
    }
    const failures = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, failures);
    const delay = Math.min(firstRetryMilliseconds * 2 ** (failures - 1), longestRetryMilliseconds);
    this.logger.error({ key, failures, retryInMs: delay, err: error }, "a pass failed");
    this.alarms.set(key, delay);
  }
}
