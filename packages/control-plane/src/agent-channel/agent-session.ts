import { type Connection, decodeFrame, encodeFrame } from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Store } from "../store/store.ts";
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

/** In milliseconds. The agent hangs up after a minute of silence. Source: agent protocol, section 3.3. */
const heartbeatEvery = 30_000;
/** What was not acknowledged is sent again. */
const resendAfter = 20_000;
/** An agent that does not read has this much on its way at the most; what comes later waits in the store. */
const mostBufferedBytes = 8 * 1024 * 1024;

/**
 * One connection with one agent. It says what is to run and to stop on its container instance, at once whenever that
 * changes, and again until it is acknowledged. All it says it reads from the store, so that a lost session loses nothing.
 */
export class AgentSession {
  private readonly connection: Connection;
  private readonly instance: { readonly clusterArn: string; readonly containerInstanceArn: string };
  private readonly deps: SessionDependencies;
  /** Tasks to speak of in the next payload. */
  private readonly due = new Set<string>();
  private flushing = false;
  /** Tasks by the message they were last sent in, until that is acknowledged. */
  private readonly unacknowledged = new Map<string, readonly string[]>();
  private readonly callOff = new Set<() => void>();
  private open = true;

  constructor(
    connection: Connection,
    instance: { readonly clusterArn: string; readonly containerInstanceArn: string },
    deps: SessionDependencies,
  ) {
    this.connection = connection;
    this.instance = instance;
    this.deps = deps;
  }

  /** Begins to speak: everything outstanding, then the manifest. @param onEnd called once, when the connection is gone */
  start(onEnd: () => void): void {
    this.connection.onMessage((text) => this.receive(text));
    this.connection.onClose(() => {
      this.end();
      onEnd();
    });
    const snapshot = this.deps.store.snapshot();
    for (const { arn } of liveTasks(snapshot, this.instance.containerInstanceArn)) this.due.add(arn);
    this.flush();
    // Its sequence is not smaller than the payloads', and must be greater than what the agent took from them.
    const address = { ...this.address(), sequence: snapshot.revision + 1 };
    const tasks = liveTasks(snapshot, this.instance.containerInstanceArn);
    this.send({ type: "TaskManifestMessage", message: manifestMessage(address, tasks) });
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

  /** Hangs up; the agent sees why. */
  close(code: number, reason: string): void {
    this.end();
    this.connection.close(code, reason);
  }

  private end(): void {
    this.open = false;
    for (const callOff of this.callOff) callOff();
    this.callOff.clear();
  }

  private address(): Address {
    const { ids, clock, store } = this.deps;
    return {
      ...this.instance,
      messageId: ids.uuid(),
      generatedAt: clock.now(),
      sequence: store.snapshot().revision,
    };
  }

  private flush(): void {
    if (!this.open) return;
    if (this.connection.bufferedBytes > mostBufferedBytes) return this.later(1000, () => this.flush());
    const snapshot = this.deps.store.snapshot();
    const entries = [...this.due].flatMap((arn) => {
      const stored = snapshot.get("task", arn);
      return (stored && payloadEntry(snapshot, stored)) ?? [];
    });
    this.due.clear();
    for (let at = 0; at < entries.length; at += tasksPerPayload) {
      const tasks = entries.slice(at, at + tasksPerPayload);
      const message = payloadMessage(this.address(), tasks);
      this.unacknowledged.set(
        message.messageId,
        tasks.map(({ arn }) => arn),
      );
      this.send({ type: "PayloadMessage", message });
      this.later(resendAfter, () => this.resend(message.messageId));
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
    const { logger, store } = this.deps;
    const decoded = decodeFrame(text);
    if (decoded.is !== "frame") {
      logger.warn({ frame: decoded, ...this.instance }, "message of an agent left aside");
      return;
    }
    const { type, message } = decoded.frame;
    if (type === "AckRequest") this.unacknowledged.delete(message.messageId);
    if (type === "NackRequest") logger.warn({ reason: message.reason, ...this.instance }, "agent refused a message");
    if (type === "TaskStopVerificationMessage") {
      const stopTasks = confirmedStops(store.snapshot(), this.instance.containerInstanceArn, message.stopCandidates);
      const answer = { messageId: message.messageId, generatedAt: this.deps.clock.now(), stopTasks };
      this.send({ type: "TaskStopVerificationAck", message: answer });
    }
  }
}
