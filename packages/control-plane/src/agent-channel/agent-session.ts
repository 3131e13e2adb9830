import { type ChannelTask, type Connection, decodeFrame, encodeFrame, type OpenSessionMessage } from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Store } from "../store/store.ts";
import type { SequenceNumbers } from "./sequence-numbers.ts";
import {
  type Address,
  confirmedStops,
  liveTasks,
  manifestMessage,
  payloadEntry,
  payloadMessage,
  tasksPerPayload,
} from "./session-payloads.ts";

export interface SessionDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

/** What an OpenSessionMessage says beside whom it is for. */
export type SessionWish = Omit<OpenSessionMessage, "messageId" | "clusterArn" | "containerInstanceArn">;

/** In milliseconds. The agent hangs up after a minute of silence. Source: agent protocol, section 3.3. */
const heartbeatEvery = 30_000;
/** An agent answers every heartbeat; one that says nothing for so long is gone, although its socket seems to be there. */
const mostSilence = 180_000;
/** What was not acknowledged is sent again. */
const resendAfter = 20_000;
/** An agent that never acknowledges a manifest does not know what one is. */
const mostManifests = 40;
/** An agent that does not read has this much on its way at the most; what comes later waits in the store. */
const mostBufferedBytes = 8 * 1024 * 1024;
const drainCheckEvery = 1_000;

/**
 * One connection with one agent. It says what is to run and to stop on its container instance, at once whenever that
 * changes, and again until it is acknowledged. All it says it reads from the store, so that a lost session loses nothing.
 */
export class AgentSession {
  private readonly connection: Connection;
  private readonly instance: { readonly clusterArn: string; readonly containerInstanceArn: string };
  private readonly deps: SessionDependencies;
  private readonly sequence: SequenceNumbers;
  /** Tasks to speak of in the next payload. */
  private readonly due = new Set<string>();
  private flushing = false;
  private draining = false;
  /** Tasks by the message they were last sent in, until that is acknowledged. */
  private readonly unacknowledged = new Map<string, readonly string[]>();
  /** The manifest that is not acknowledged. */
  private manifestId: string | undefined;
  private readonly callOff = new Set<() => void>();
  private open = true;
  private heardAt: number;
  private onEnd = () => {};

  constructor(
    connection: Connection,
    instance: { readonly clusterArn: string; readonly containerInstanceArn: string },
    deps: SessionDependencies & { readonly sequence: SequenceNumbers },
  ) {
    this.connection = connection;
    this.instance = instance;
    this.deps = deps;
    this.sequence = deps.sequence;
    this.heardAt = deps.clock.now();
  }

  /** Begins to speak: everything outstanding, then the manifest. @param onEnd called once, when the connection is gone */
  start(onEnd: () => void): void {
    this.onEnd = onEnd;
    this.connection.onMessage((text) => this.receive(text));
    this.connection.onClose(() => this.end());
    for (const { arn } of liveTasks(this.deps.store.snapshot(), this.instance.containerInstanceArn)) this.due.add(arn);
    this.flush();
    this.sendManifest(0);
    this.beat();
  }

  /** This task is to be spoken of. Those of one turn go together. */
  notice(taskArn: string): void {
    this.due.add(taskArn);
    if (this.flushing) return;
    this.flushing = true;
    queueMicrotask(() => {
      this.flushing = false;
      this.flush();
    });
  }

  /** Asks for a session link. It is not asked again: who wants the session gives up after a while. */
  openSession(wish: SessionWish): void {
    const message = { ...wish, ...this.instance, messageId: this.deps.ids.uuid() };
    this.send({ type: "OpenSessionMessage", message });
  }

  /** Hangs up; the agent sees why. */
  close(code: number, reason: string): void {
    this.end();
    this.connection.close(code, reason);
  }

  private end(): void {
    if (!this.open) return;
    this.open = false;
    for (const callOff of this.callOff) callOff();
    this.callOff.clear();
    this.onEnd();
  }

  private address(sequence: number): Address {
    const { ids, clock } = this.deps;
    return { ...this.instance, messageId: ids.uuid(), generatedAt: clock.now(), sequence };
  }

  /** Says what is due, as much at once as the agent reads. */
  private flush(): void {
    const snapshot = this.deps.store.snapshot();
    while (this.open && this.due.size > 0) {
      if (this.connection.bufferedBytes > mostBufferedBytes) return this.waitToDrain();
      const arns = this.due.values().take(tasksPerPayload).toArray();
      for (const arn of arns) this.due.delete(arn);
      const entries = arns.flatMap((arn) => {
        const stored = snapshot.get("task", arn);
        return (stored && payloadEntry(snapshot, stored)) ?? [];
      });
      if (entries.length > 0) this.sendPayload(snapshot.revision, entries);
    }
  }

  private waitToDrain(): void {
    if (this.draining) return;
    this.draining = true;
    this.later(drainCheckEvery, () => {
      this.draining = false;
      this.flush();
    });
  }

  private sendPayload(revision: number, entries: readonly ChannelTask[]): void {
    const message = payloadMessage(this.address(this.sequence.forPayload(revision)), entries);
    const arns = entries.map(({ arn }) => arn);
    this.unacknowledged.set(message.messageId, arns);
    this.send({ type: "PayloadMessage", message });
    this.later(resendAfter, () => this.resend(message.messageId));
  }

  /** Says all that should be there, until it is acknowledged: an agent whose count is further on leaves it aside. */
  private sendManifest(earlier: number): void {
    const snapshot = this.deps.store.snapshot();
    const address = this.address(this.sequence.forManifest(snapshot.revision, earlier));
    const tasks = liveTasks(snapshot, this.instance.containerInstanceArn);
    this.manifestId = address.messageId;
    this.send({ type: "TaskManifestMessage", message: manifestMessage(address, tasks) });
    if (earlier + 1 < mostManifests) {
      this.later(resendAfter, () => {
        if (this.manifestId !== undefined) this.sendManifest(earlier + 1);
      });
    }
  }

  private resend(messageId: string): void {
    const tasks = this.unacknowledged.get(messageId);
    if (tasks === undefined) return;
    this.unacknowledged.delete(messageId);
    // A task that has stopped in the meantime has answered; the flush leaves it out.
    for (const arn of tasks) this.notice(arn);
  }

  private beat(): void {
    if (this.deps.clock.now() - this.heardAt > mostSilence) return this.close(1001, "No message for too long.");
    this.send({ type: "HeartbeatMessage", message: { healthy: true, messageId: this.deps.ids.uuid() } });
    this.later(heartbeatEvery, () => this.beat());
  }

  private later(milliseconds: number, callback: () => void): void {
    const callOff = this.deps.clock.after(milliseconds, () => {
      this.callOff.delete(callOff);
      if (this.open) callback();
    });
    this.callOff.add(callOff);
  }

  private send(frame: Parameters<typeof encodeFrame>[0]): void {
    if (this.open) this.connection.send(encodeFrame(frame));
  }

  private receive(text: string): void {
    const { logger, store, clock } = this.deps;
    this.heardAt = clock.now();
    const decoded = decodeFrame(text);
    if (decoded.is !== "frame") {
      logger.warn({ frame: decoded, ...this.instance }, "message of an agent left aside");
      return;
    }
    const { type, message } = decoded.frame;
    if (type === "AckRequest") {
      this.unacknowledged.delete(message.messageId);
      if (message.messageId === this.manifestId) this.manifestId = undefined;
    }
    if (type === "NackRequest") logger.warn({ reason: message.reason, ...this.instance }, "agent refused a message");
    if (type === "TaskStopVerificationMessage") {
      const stopTasks = confirmedStops(store.snapshot(), this.instance.containerInstanceArn, message.stopCandidates);
      const answer = { messageId: message.messageId, generatedAt: clock.now(), stopTasks };
      this.send({ type: "TaskStopVerificationAck", message: answer });
    }
  }
}
