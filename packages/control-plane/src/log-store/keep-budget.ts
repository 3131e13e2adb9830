import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { BlockLogStore } from "./block-log-store.ts";

interface Deps {
  readonly logStore: BlockLogStore;
  readonly budgetBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const everyMs = 5_000;
/** How long nothing more is said about what is removed. */
const saysMs = 60 * 60 * 1000;
/** How long nothing more is said while the budget stays nearly used up: `hatoba status` shows what was said within a day. */
const remindsMs = 12 * saysMs;
/** Shares of the budget: from the one on there is a warning, and below the other the next one may come. */
const [soon, enough] = [0.9, 0.8];

/** Where a user sees it too: as lines in a log group of the house. */
export const houseLog = { group: "/hatoba/house", stream: "log-budget" } as const;

/**
 * Keeps logs within so many bytes of disk: the oldest go first, whichever group they are in. It is said, in the log and in the
 * house's own log group: when nine tenths are used, again while that stays so, and at most hourly what went.
 */
export class LogBudgetKeeper {
  readonly #deps: Deps;
  #gone = { events: 0, bytes: 0, groups: [] as readonly string[] };
  #saidSoonAt = Number.NEGATIVE_INFINITY;
  #saidGoneAt = Number.NEGATIVE_INFINITY;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async check(): Promise<void> {
    const { logStore, budgetBytes, clock } = this.#deps;
    const { bytes } = logStore;
    if (bytes > budgetBytes) await this.#makeRoom();
    if (this.#gone.events > 0 && clock.now() - this.#saidGoneAt >= saysMs) {
      const { events, bytes: removedBytes, groups } = this.#gone;
      this.#gone = { events: 0, bytes: 0, groups: [] };
      this.#saidGoneAt = clock.now();
      this.#saidSoonAt = clock.now();
      const fields = { budgetBytes, removedEvents: events, removedBytes, logGroups: groups.slice(0, 20) };
      await this.#say("the log budget is used up: the oldest log events were removed", fields);
    } else if (bytes > soon * budgetBytes && clock.now() - this.#saidSoonAt >= remindsMs) {
      this.#saidSoonAt = clock.now();
      await this.#say("the log budget is nearly used up: the oldest log events will be removed", {
        budgetBytes,
        bytes,
      });
    } else if (bytes < enough * budgetBytes) this.#saidSoonAt = Number.NEGATIVE_INFINITY;
  }

  async #makeRoom(): Promise<void> {
    const { logStore, budgetBytes } = this.#deps;
    await logStore.seal(); // a part of it may be in journals, of which nothing can be removed
    const went = await logStore.evict(budgetBytes);
    this.#gone = {
      events: this.#gone.events + went.events,
      bytes: this.#gone.bytes + went.bytes,
      groups: [...new Set([...this.#gone.groups, ...went.groups])],
    };
  }

  async #say(message: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
    const { logStore, clock, logger } = this.#deps;
    logger.warn(fields, message);
    const { group, stream } = houseLog;
    const now = clock.now();
    await logStore.createGroup({ name: group, createdAt: now, tags: {}, retentionDays: 30 });
    await logStore.createStream(group, stream, now);
    const line = JSON.stringify({ level: "warn", message, ...fields });
    await logStore.append(group, stream, [{ timestamp: now, message: line }], now);
  }
}

/** Looks every few seconds. @returns the way to stop it; it resolves when nothing is under way any more */
export function keepBudget(deps: Deps): () => Promise<void> {
  const { clock, logger } = deps;
  const keeper = new LogBudgetKeeper(deps);
  let callOff = () => {};
  let isStopped = false;
  let round: Promise<void>;
  const begin = () => {
    round = keeper
      .check()
      .catch((error: unknown) => logger.error({ err: error }, "log events could not be kept within their budget"))
      .finally(() => {
        if (!isStopped) callOff = clock.after(everyMs, begin);
      });
  };
  begin();
  return () => {
    isStopped = true;
    callOff();
    return round;
  };
}
