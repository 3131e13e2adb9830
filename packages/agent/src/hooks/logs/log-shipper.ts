import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { type LogSink, LogSinkError, type LogTarget } from "./log-sink.ts";
import type { LogSpool, Waiting } from "./log-spool.ts";

/** Waits after the first, second, … failure in a row, in milliseconds; the last one for ever after. */
const pauses = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
const pauseAfter = (failures: number) => pauses[Math.min(failures, pauses.length) - 1] ?? 0;

interface Stream {
  readonly target: LogTarget;
  failures: number;
  state: "ready" | "busy" | "waiting";
}

/**
 * Carries events from the spool to the log service, each stream's in their order and a few streams at a time, for as long as it
 * takes. While the service cannot be reached it is asked again at growing intervals, at most every half minute.
 */
export class LogShipper {
  readonly #spool: LogSpool;
  readonly #sink: LogSink;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #parallel: number;
  /** In the order in which they wait. */
  readonly #streams = new Map<string, Stream>();
  readonly #underWay = new Set<Promise<void>>();
  #failures = 0;
  #resume: (() => void) | undefined;
  #closed = false;

  constructor(deps: { spool: LogSpool; sink: LogSink; clock: Clock; logger: Logger; parallel?: number }) {
    this.#spool = deps.spool;
    this.#sink = deps.sink;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#parallel = deps.parallel ?? 4;
  }

  /** Whether the service could not be reached the last time. */
  get isAway(): boolean {
    return this.#failures > 0;
  }

  /** Takes up what an earlier process left behind. */
  start(): void {
    for (const target of this.#spool.targets()) this.#add(target);
    this.#pump();
  }

  /** There are new events of this stream in the spool. */
  offer(target: LogTarget): void {
    this.#add(target);
    this.#pump();
  }

  /** Sends no more; resolves once what is under way has ended. What waits stays in the spool. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#resume?.();
    await Promise.all(this.#underWay);
  }

  #add(target: LogTarget): void {
    const key = JSON.stringify([target.group, target.stream]);
    if (!this.#streams.has(key)) this.#streams.set(key, { target, failures: 0, state: "ready" });
  }

  #pump(): void {
    if (this.#closed || this.#resume !== undefined) return;
    // After a failure one stream goes first, to see whether the service is back.
    const parallel = this.isAway ? 1 : this.#parallel;
    for (const [key, stream] of this.#streams) {
      if (this.#underWay.size >= parallel) return;
      if (stream.state !== "ready") continue;
      stream.state = "busy";
      const delivery = this.#deliver(key, stream).finally(() => {
        this.#underWay.delete(delivery);
        this.#pump();
      });
      this.#underWay.add(delivery);
    }
  }

  /** One batch of one stream. Does not reject. */
  async #deliver(key: string, stream: Stream): Promise<void> {
    let waiting: Waiting | undefined;
    try {
      waiting = this.#spool.next(stream.target);
      if (waiting === undefined) {
        this.#streams.delete(key);
        return;
      }
      await this.#put(stream, waiting);
      this.#spool.done(waiting.receipt);
      stream.failures = 0;
      this.#isBack();
      // To the end of the queue, so that a busy stream does not keep the others from their turn.
      this.#streams.delete(key);
      this.#streams.set(key, { ...stream, state: "ready" });
    } catch (error) {
      this.#handle(error, stream, waiting);
    }
  }

  /** One that comes again, since its answer or the note of it was lost, is known by its delivery. */
  async #put({ target }: Stream, { events, delivery }: Waiting): Promise<void> {
    try {
      await this.#sink.put(target, events, delivery);
    } catch (error) {
      if (!(error instanceof LogSinkError) || error.trouble !== "missing") throw error;
      await this.#sink.prepare(target);
      await this.#sink.put(target, events, delivery);
    }
  }

  #handle(error: unknown, stream: Stream, waiting: Waiting | undefined): void {
    const { group, stream: name } = stream.target;
    const fields = { logGroup: group, logStream: name, err: error };
    if (error instanceof LogSinkError && error.trouble === "unavailable") {
      stream.state = "ready";
      this.#failures++;
      if (this.#failures === 1) this.#logger.warn(fields, "log events wait: the log service cannot be reached");
      if (this.#resume === undefined) this.#pause(pauseAfter(this.#failures));
      return;
    }
    if (error instanceof LogSinkError && error.trouble === "refused" && waiting !== undefined) {
      this.#logger.error({ ...fields, events: waiting.events.length }, "log events were refused and are given up");
      try {
        this.#spool.done(waiting.receipt);
        stream.state = "ready";
        return;
      } catch (failure) {
        this.#logger.error({ ...fields, err: failure }, "the log spool cannot be written");
      }
    } else if (stream.failures === 0) this.#logger.warn(fields, "log events wait: they could not be delivered");
    stream.failures++;
    stream.state = "waiting";
    this.#clock.after(pauseAfter(stream.failures), () => {
      stream.state = "ready";
      this.#pump();
    });
  }

  #pause(milliseconds: number): void {
    const cancel = this.#clock.after(milliseconds, () => {
      this.#resume = undefined;
      this.#pump();
    });
    this.#resume = cancel;
  }

  #isBack(): void {
    if (this.#failures > 0) this.#logger.info({}, "the log service is back");
    this.#failures = 0;
  }
}
