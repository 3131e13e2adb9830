import type { Clock } from "../../platform/clock.ts";
import type { Expression } from "../../platform/linear-expression.ts";
import type { Logger } from "../../platform/logger.ts";
import { ContainerFailure, type ContainerRuntime } from "../../runtime/container-runtime.ts";
import { EventAssembler } from "./event-assembler.ts";
import type { LogTarget } from "./log-sink.ts";
import type { Dropped, LogSpool } from "./log-spool.ts";

/** How long events may be gathered before they are written to the spool, in milliseconds. */
const linger = { usual: 200, whileAway: 5_000 } as const;
/** How long an event of several lines waits for its next line, in milliseconds. Source: Docker's awslogs driver. */
const openEvent = 5_000;
/** Gathered bytes that are written at once. */
const enoughBytes = 256 * 1024;
/** Between two tries to read, in milliseconds. */
const pauses = [250, 500, 1_000, 2_000, 5_000];

export interface FollowedContainer {
  readonly id: string;
  readonly taskArn: string;
  readonly target: LogTarget;
  readonly startOfEvent?: Expression;
}

export interface FollowerDependencies {
  readonly runtime: Pick<ContainerRuntime, "logs">;
  readonly spool: LogSpool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events of this stream have been spooled. */
  readonly onSpooled: (target: LogTarget, dropped: readonly Dropped[]) => void;
  /** Whether the log service cannot be reached: then there is no hurry, and fewer and larger writes are better. */
  readonly isAway: () => boolean;
}

/** Takes one container's output into the spool, from where it was left to its end. */
export class LogFollower {
  /** Resolves when all of it is in the spool, or when `close` was called. Does not reject. */
  readonly done: Promise<void>;
  readonly #container: FollowedContainer;
  readonly #deps: FollowerDependencies;
  readonly #closing = new AbortController();
  #reading = new AbortController();
  #stopped = false;
  /** Whether somebody called since the last wait. */
  #called = false;
  #wake: () => void = () => undefined;
  /** The next write, and when it is due. */
  #timer: { readonly due: number; readonly cancel: () => void } | undefined;

  constructor(container: FollowedContainer, deps: FollowerDependencies) {
    this.#container = container;
    this.#deps = deps;
    this.done = this.#run();
  }

  /** Its process runs again. */
  restarted(): void {
    this.#call();
  }

  /** Its process has ended for good: what is there now is all. */
  stopped(): void {
    this.#stopped = true;
    this.#call();
  }

  /** Stops reading; what was gathered and not written is read again next time. */
  close(): void {
    this.#closing.abort();
    this.#reading.abort();
    this.#call();
  }

  async #run(): Promise<void> {
    const { id, taskArn } = this.#container;
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      try {
        if (this.#deps.spool.progress(id).finished) return;
        this.#deps.spool.begin(id, taskArn);
        const wasStopped = this.#stopped;
        const isWhole = await this.#read();
        if (isWhole && wasStopped) {
          this.#deps.spool.finish(id);
          return;
        }
        failures = isWhole ? 0 : failures + 1;
        if (!isWhole) await this.#pause(failures);
        else if (!this.#stopped) await this.#pause();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        if (error instanceof ContainerFailure && !error.retriable) {
          this.#deps.logger.warn({ containerId: id, err: error }, "the container's output cannot be read any more");
          return;
        }
        if (failures++ === 0) {
          this.#deps.logger.warn({ containerId: id, err: error }, "the container's output is read again later");
        }
        await this.#pause(failures);
      }
    }
  }

  /** @returns whether the end was reached and everything written. */
  async #read(): Promise<boolean> {
    const { id, startOfEvent } = this.#container;
    const assembler = new EventAssembler(startOfEvent);
    this.#reading = new AbortController();
    const { position } = this.#deps.spool.progress(id);
    try {
      for await (const line of this.#deps.runtime.logs(id, position, this.#reading.signal)) {
        if (this.#reading.signal.aborted) break;
        assembler.add(line);
        if (assembler.readyBytes >= enoughBytes) this.#write(assembler);
        else this.#writeLater(assembler);
      }
      if (this.#reading.signal.aborted) return false;
      assembler.flush();
      return this.#write(assembler);
    } finally {
      this.#timer?.cancel();
      this.#timer = undefined;
    }
  }

  #writeLater(assembler: EventAssembler): void {
    const gather = this.#deps.isAway() ? linger.whileAway : linger.usual;
    const due = this.#deps.clock.now() + (assembler.hasReady ? gather : openEvent);
    if (this.#timer !== undefined && this.#timer.due <= due) return;
    this.#timer?.cancel();
    const cancel = this.#deps.clock.after(due - this.#deps.clock.now(), () => {
      this.#timer = undefined;
      // Nothing but an open event, and for so long: it gets no more lines.
      if (!assembler.hasReady) assembler.flush();
      if (this.#write(assembler) && assembler.hasOpen) this.#writeLater(assembler);
    });
    this.#timer = { due, cancel };
  }

  /** @returns false if the disk failed; then the reading starts again from what is on it. */
  #write(assembler: EventAssembler): boolean {
    this.#timer?.cancel();
    this.#timer = undefined;
    const taken = assembler.take();
    if (taken === undefined) return true;
    const { id, target } = this.#container;
    try {
      const dropped = this.#deps.spool.append(id, target, taken);
      this.#deps.onSpooled(target, dropped);
      return true;
    } catch (error) {
      this.#deps.logger.error({ containerId: id, err: error }, "the log spool cannot be written");
      this.#reading.abort();
      return false;
    }
  }

  #call(): void {
    this.#called = true;
    this.#wake();
  }

  /** Until somebody calls, or after failures until it is time for the next try. */
  async #pause(failures?: number): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const time = failures === undefined ? undefined : (pauses[failures - 1] ?? pauses.at(-1));
        const cancel = time === undefined ? undefined : this.#deps.clock.after(time, resolve);
        this.#wake = () => {
          cancel?.();
          resolve();
        };
      });
    }
    this.#called = false;
  }
}
