import {
  type ChannelFrame,
  type ChannelTask,
  type Connection,
  decodeFrame,
  encodeFrame,
  type OpenSessionMessage,
} from "@hatoba/contract";
import type { TaskCredentials } from "../credentials/task-credentials.ts";
import type { Task } from "../model/task.ts";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Snapshot, Store } from "../store/store.ts";
import { AgentUpdating } from "./agent-updating.ts";
import { CredentialsRenewal } from "./credentials-renewal.ts";
import { InterfaceAnnouncements } from "./interface-announcements.ts";
import { type HouseRegistry, withHouseImages } from "./payload/house-images.ts";
import { PayloadQueue } from "./payload-queue.ts";
import type { SequenceNumbers } from "./sequence-numbers.ts";
import { resendAfter, type SessionInstance, type SessionLine } from "./session-line.ts";
import { confirmedStops, liveTasks, manifestMessage, payloadEntry } from "./session-payloads.ts";

export interface SessionDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** Where tasks get the keys of their roles from; without it they get none. */
  readonly credentials?: TaskCredentials;
  /** Says of each EFS volume of a task whether and how it may be mounted; without it agents mount none. */
  readonly grantMounts?: (entry: ChannelTask, task: Task, snapshot: Snapshot) => ChannelTask;
  /** Images of this registry are named as each agent reaches it. */
  readonly registry?: HouseRegistry;
}

/** What an OpenSessionMessage says beside whom it is for. */
export type SessionWish = Omit<OpenSessionMessage, "messageId" | "clusterArn" | "containerInstanceArn">;

/** In milliseconds. The agent hangs up after a minute of silence. Source: agent protocol, section 3.3. */
const heartbeatEvery = 30_000;
/** An agent answers every heartbeat; one that says nothing for so long is gone, although its socket seems to be there. */
const mostSilence = 180_000;
/** An agent that never acknowledges a manifest does not know what one is. */
const mostManifests = 40;
/** An agent that does not read has this much on its way at the most; what comes later waits in the store. */
const mostBufferedBytes = 8 * 1024 * 1024;

/**
 * One connection with one agent. It says what is to run and to stop on its container instance, at once whenever that
 * changes, and again until it is acknowledged. All it says it reads from the store, so that a lost session loses nothing.
 */
export class AgentSession implements SessionLine {
  readonly instance: SessionInstance;
  private readonly connection: Connection;
  private readonly deps: SessionDependencies;
  private readonly sequence: SequenceNumbers;
  private readonly payloads: PayloadQueue;
  private readonly renewal: CredentialsRenewal | undefined;
  private readonly updating: AgentUpdating;
  private readonly interfaces: InterfaceAnnouncements | undefined;
  /** The manifest that is not acknowledged. */
  private manifestId: string | undefined;
  private readonly callOff = new Set<() => void>();
  private open = true;
  private heardAt: number;
  private onEnd = () => {};

  constructor(
    connection: Connection,
    instance: SessionInstance,
    deps: SessionDependencies & {
      readonly sequence: SequenceNumbers;
      /** The agent is told of network interfaces before payloads. */
      readonly awaitsInterfaces?: boolean;
      /** The address by which it came, as `http://127.0.0.1:4577`. */
      readonly reachedAt?: string;
    },
  ) {
    const { store, clock, ids, sequence, credentials, registry, reachedAt } = deps;
    this.connection = connection;
    this.instance = instance;
    this.deps = deps;
    this.sequence = sequence;
    this.payloads = new PayloadQueue({
      line: this,
      store,
      clock,
      ids,
      sequence,
      entryOf: (snapshot, taskArn) => {
        const stored = snapshot.get("task", taskArn);
        if (stored === undefined || this.interfaces?.holdsBack(snapshot, stored)) return undefined;
        const said = payloadEntry(snapshot, stored, credentials && ((role) => credentials.issue(role, clock.now())));
        const entry = said && (deps.grantMounts?.(said, stored.value, snapshot) ?? said);
        if (entry === undefined || registry === undefined || reachedAt === undefined) return entry;
        return withHouseImages(entry, { reachedAt, registry });
      },
    });
    this.renewal = credentials && new CredentialsRenewal({ line: this, store, clock, ids, credentials });
    this.interfaces = deps.awaitsInterfaces
      ? new InterfaceAnnouncements({ line: this, store, clock, ids, logger: deps.logger })
      : undefined;
    this.updating = new AgentUpdating({ line: this, store, ids, logger: deps.logger });
    this.heardAt = clock.now();
  }

  /**
   * Begins to speak: everything outstanding, then the manifest.
   * @param sendCredentials the agent has none: it keeps them in memory alone, and was started again
   * @param onEnd called once, when the connection is gone
   */
  start(onEnd: () => void, sendCredentials = false): void {
    this.onEnd = onEnd;
    this.connection.onMessage((text) => this.receive(text));
    this.connection.onClose(() => this.end());
    this.payloads.say(liveTasks(this.deps.store.snapshot(), this.instance.containerInstanceArn).map(({ arn }) => arn));
    this.renewal?.start(sendCredentials);
    this.updating.start(sendCredentials);
    this.sendManifest(0);
    this.beat();
  }

  /** This task is to be spoken of. Those of one turn go together. */
  notice(taskArn: string): void {
    this.payloads.notice(taskArn);
  }

  /** A task's attachments have changed; that may be what its payload waits for. */
  noticeAttachments(taskArn: string, task: Task): void {
    if (this.interfaces?.isReleased(taskArn, task)) this.payloads.notice(taskArn);
  }

  /** The container instance has changed. */
  noticeInstance(): void {
    this.updating.notice();
  }

  /** Brings its tasks new credentials, ahead of time. */
  renewCredentials(): void {
    this.renewal?.renew();
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

  isFull(): boolean {
    return this.connection.bufferedBytes > mostBufferedBytes;
  }

  later(milliseconds: number, callback: () => void): void {
    if (!this.open) return;
    const callOff = this.deps.clock.after(milliseconds, () => {
      this.callOff.delete(callOff);
      if (this.open) callback();
    });
    this.callOff.add(callOff);
  }

  send(frame: ChannelFrame): void {
    if (this.open) this.connection.send(encodeFrame(frame));
  }

  private end(): void {
    if (!this.open) return;
    this.open = false;
    for (const callOff of this.callOff) callOff();
    this.callOff.clear();
    this.onEnd();
  }

  /** Says all that should be there, until it is acknowledged: an agent whose count is further on leaves it aside. */
  private sendManifest(earlier: number): void {
    const { store, ids, clock } = this.deps;
    const snapshot = store.snapshot();
    const generatedAt = clock.now();
    const sequence = this.sequence.forManifest(snapshot.revision, generatedAt, earlier);
    const address = { ...this.instance, messageId: ids.uuid(), generatedAt, sequence };
    const tasks = liveTasks(snapshot, this.instance.containerInstanceArn);
    this.manifestId = address.messageId;
    this.send({ type: "TaskManifestMessage", message: manifestMessage(address, tasks) });
    if (earlier + 1 < mostManifests) {
      this.later(resendAfter, () => {
        if (this.manifestId !== undefined) this.sendManifest(earlier + 1);
      });
    }
  }

  private beat(): void {
    if (this.deps.clock.now() - this.heardAt > mostSilence) return this.close(1001, "No message for too long.");
    this.send({ type: "HeartbeatMessage", message: { healthy: true, messageId: this.deps.ids.uuid() } });
    this.later(heartbeatEvery, () => this.beat());
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
      this.payloads.acknowledged(message.messageId);
      this.updating.acknowledged(message.messageId);
      this.interfaces?.acknowledged(message.messageId);
      if (message.messageId === this.manifestId) this.manifestId = undefined;
    }
    if (type === "NackRequest") {
      logger.warn({ reason: message.reason, ...this.instance }, "agent refused a message");
      this.payloads.refused(message.messageId);
      this.updating.refused(message.messageId);
    }
    if (type === "IAMRoleCredentialsAckRequest") this.renewal?.acknowledged(message.messageId);
    if (type === "TaskStopVerificationMessage") {
      const stopTasks = confirmedStops(store.snapshot(), this.instance.containerInstanceArn, message.stopCandidates);
      const answer = { messageId: message.messageId, generatedAt: clock.now(), stopTasks };
      this.send({ type: "TaskStopVerificationAck", message: answer });
    }
  }
}
