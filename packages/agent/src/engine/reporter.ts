import { type ControlPlane, ControlPlaneError } from "../channel/control-plane.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Acknowledged, KnownTask } from "./known-task.ts";
import { type PlannedReport, planReport } from "./state-change.ts";

export interface ReporterDependencies {
  readonly controlPlane: Pick<ControlPlane, "submitTaskStateChange">;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long news of containers alone wait for those of their task, in milliseconds. */
  readonly delayMs: number;
  /** The task as it is now; undefined once it is forgotten. */
  task(arn: string): KnownTask | undefined;
  /** The control plane has accepted a report. */
  acknowledged(arn: string, what: Acknowledged): void;
}

/** Tasks with a report under way at a time. Source: agent protocol §2.5. */
const mostInFlight = 10;
const retryMs = { first: 1000, factor: 1.3, most: 30_000 } as const;

/**
 * Tells the control plane what has become of tasks, each until it is accepted. Reports of one task go one after another;
 * what happens while one is under way goes into the next.
 */
export class Reporter {
  readonly #deps: ReporterDependencies;
  readonly #due = new Set<string>();
  readonly #inFlight = new Set<string>();
  readonly #delayed = new Map<string, () => void>();
  readonly #tries = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(deps: ReporterDependencies) {
    this.#deps = deps;
  }

  /** A task has changed. */
  consider(task: KnownTask): void {
    const { arn } = task;
    if (this.#closing.signal.aborted || this.#inFlight.has(arn) || this.#due.has(arn) || this.#tries.has(arn)) return;
    const report = planReport(task);
    if (report?.urgent) this.#enqueue(arn);
    else if (report !== undefined) this.#later(arn, this.#deps.delayMs);
  }

  /** Ends what is under way; it was not acknowledged, and will be told again by the next one. */
  close(): void {
    this.#closing.abort();
    for (const cancel of this.#delayed.values()) cancel();
    this.#delayed.clear();
  }

  #later(arn: string, milliseconds: number): void {
    if (this.#delayed.has(arn)) return;
    this.#delayed.set(
      arn,
      this.#deps.clock.after(milliseconds, () => this.#enqueue(arn)),
    );
  }

  #enqueue(arn: string): void {
    this.#delayed.get(arn)?.();
    this.#delayed.delete(arn);
    this.#due.add(arn);
    this.#sendNext();
  }

  #sendNext(): void {
    for (const arn of this.#due) {
      if (this.#inFlight.size >= mostInFlight || this.#closing.signal.aborted) return;
      this.#due.delete(arn);
      const task = this.#deps.task(arn);
      const report = task && planReport(task);
      if (report !== undefined) void this.#send(arn, report);
    }
  }

  async #send(arn: string, { change, acknowledges }: PlannedReport): Promise<void> {
    const { controlPlane, logger } = this.#deps;
    this.#inFlight.add(arn);
    let accepted = true;
    try {
      await controlPlane.submitTaskStateChange(change, this.#closing.signal);
    } catch (error) {
      accepted = error instanceof ControlPlaneError && error.name === "InvalidParameterException";
      // Refused for good; sent again it would be refused again. Source: agent protocol §2.5.
      if (accepted)
        logger.warn({ err: error, taskArn: arn }, "the control plane does not want to know of a state change");
      else if (!this.#closing.signal.aborted) logger.warn({ err: error, taskArn: arn }, "a state change was not taken");
    }
    this.#inFlight.delete(arn);
    if (this.#closing.signal.aborted) return;
    if (accepted) this.#accepted(arn, acknowledges);
    else this.#tryAgain(arn);
    this.#sendNext();
  }

  #accepted(arn: string, acknowledges: Acknowledged): void {
    this.#tries.delete(arn);
    this.#deps.acknowledged(arn, acknowledges);
    const task = this.#deps.task(arn);
    if (task !== undefined) this.consider(task);
  }

  #tryAgain(arn: string): void {
    const tries = this.#tries.get(arn) ?? 0;
    this.#tries.set(arn, tries + 1);
    this.#later(arn, Math.min(retryMs.first * retryMs.factor ** tries, retryMs.most));
  }
}
