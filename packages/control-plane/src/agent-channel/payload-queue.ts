import type { ChannelTask } from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Snapshot, Store } from "../store/store.ts";
import type { SequenceNumbers } from "./sequence-numbers.ts";
import { drainCheckEvery, resendAfter, type SessionLine } from "./session-line.ts";
import { payloadMessage, tasksPerPayload } from "./session-payloads.ts";

export interface PayloadQueueDependencies {
  readonly line: SessionLine;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly sequence: SequenceNumbers;
  /** What is to be said of a task now; undefined for nothing. */
  readonly entryOf: (snapshot: Snapshot, taskArn: string) => ChannelTask | undefined;
}

/** After so many times without an answer a task is spoken of only now and then, until the connection is a new one. */
const promptTries = 10;
const slowResendAfter = 100_000;

/**
 * Tells one agent of tasks, until it acknowledges that. A payload is acknowledged as a whole, and an agent that can make
 * nothing of one of its tasks never does so: what was not answered is therefore said again task by task, and a task that
 * has reached what was asked for is an answer too. One that is refused is not spoken of again on this connection.
 * Source: agent protocol, PayloadMessage.
 */
export class PayloadQueue {
  private readonly deps: PayloadQueueDependencies;
  /** Tasks to speak of in the next payload. */
  private readonly due = new Set<string>();
  /** How often a task was spoken of without an answer. */
  private readonly tries = new Map<string, number>();
  /** Tasks by the message they were last sent in, until that is acknowledged. */
  private readonly unacknowledged = new Map<string, readonly string[]>();
  private flushing = false;
  private draining = false;

  constructor(deps: PayloadQueueDependencies) {
    this.deps = deps;
  }

  /** This task is to be spoken of. Those of one turn go together. */
  notice(taskArn: string): void {
    this.tries.delete(taskArn);
    this.queue(taskArn);
  }

  /** Says at once what is to be said of these tasks. */
  say(taskArns: Iterable<string>): void {
    for (const arn of taskArns) this.due.add(arn);
    this.flush();
  }

  acknowledged(messageId: string): void {
    for (const arn of this.unacknowledged.get(messageId) ?? []) this.tries.delete(arn);
    this.unacknowledged.delete(messageId);
  }

  /** The agent will not have it, however often it is said. */
  refused(messageId: string): void {
    this.unacknowledged.delete(messageId);
  }

  private queue(taskArn: string): void {
    this.due.add(taskArn);
    if (this.flushing) return;
    this.flushing = true;
    queueMicrotask(() => {
      this.flushing = false;
      this.flush();
    });
  }

  /** Says what is due, as much at once as the agent reads. */
  private flush(): void {
    const { store, line, entryOf } = this.deps;
    const snapshot = store.snapshot();
    while (this.due.size > 0) {
      if (line.isFull()) return this.waitToDrain();
      const entries = this.nextLot().flatMap((arn) => entryOf(snapshot, arn) ?? []);
      if (entries.length > 0) this.send(snapshot.revision, entries);
    }
  }

  /** Those that are said for the first or second time together, every other by itself. */
  private nextLot(): readonly string[] {
    const isPlain = (arn: string) => (this.tries.get(arn) ?? 0) < 2;
    const plain = this.due.values().filter(isPlain).take(tasksPerPayload).toArray();
    const lot = plain.length > 0 ? plain : this.due.values().take(1).toArray();
    for (const arn of lot) this.due.delete(arn);
    return lot;
  }

  private waitToDrain(): void {
    if (this.draining) return;
    this.draining = true;
    this.deps.line.later(drainCheckEvery, () => {
      this.draining = false;
      this.flush();
    });
  }

  private send(revision: number, entries: readonly ChannelTask[]): void {
    const { line, ids, clock, sequence } = this.deps;
    const generatedAt = clock.now();
    const address = {
      ...line.instance,
      messageId: ids.uuid(),
      generatedAt,
      sequence: sequence.forPayload(revision, generatedAt),
    };
    const arns = entries.map(({ arn }) => arn);
    for (const arn of arns) this.tries.set(arn, (this.tries.get(arn) ?? 0) + 1);
    this.unacknowledged.set(address.messageId, arns);
    line.send({ type: "PayloadMessage", message: payloadMessage(address, entries) });
    const isLate = arns.some((arn) => (this.tries.get(arn) ?? 0) > promptTries);
    line.later(isLate ? slowResendAfter : resendAfter, () => this.resend(address.messageId));
  }

  private resend(messageId: string): void {
    const arns = this.unacknowledged.get(messageId);
    if (arns === undefined) return;
    this.unacknowledged.delete(messageId);
    const snapshot = this.deps.store.snapshot();
    for (const arn of arns) {
      const task = snapshot.get("task", arn)?.value;
      // Its agent runs it, so it has heard of it. One that has stopped is left out when the payload is made.
      if (task?.desiredStatus === "RUNNING" && task.lastStatus === "RUNNING") this.tries.delete(arn);
      else this.queue(arn);
    }
  }
}
