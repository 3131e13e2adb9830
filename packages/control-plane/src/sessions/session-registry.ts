import { decodeOpening, type OpenSessionMessage } from "@hatoba/contract";
import type { LogStore } from "../log-store/log-store.ts";
import { activeSessionStatuses, isOver, type Session } from "../model/session.ts";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Logger } from "../platform/logger.ts";
import type { Settings } from "../settings.ts";
import type { Change, Store } from "../store/store.ts";
import type { ByteConnection } from "./byte-connection.ts";
import { Deadlines } from "./deadlines.ts";
import { EarlyMessages } from "./early-messages.ts";
import { endings } from "./endings.ts";
import { LiveSession } from "./live-session.ts";
import { admit, endRecord, endUnopened, writeStatus } from "./session-records.ts";
import { targetEnding } from "./target-ending.ts";
import { Transcript } from "./transcript.ts";
import { MessageWriter } from "./wire.ts";

/** In milliseconds; for the first message of a connection. */
const openingTime = 10_000;
/** Connections that have not shown a token yet: of all, and of one address, so that one cannot keep the others out. */
const mostUnknown = { all: 256, ofAddress: 64 } as const;

export type SessionWish = Pick<OpenSessionMessage, "sessionId" | "token" | "target" | "run">;

export interface SessionRegistryDependencies {
  readonly store: Store;
  readonly logStore: LogStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: Pick<Settings, "sessions">;
  readonly logger: Logger;
  /** Asks the agent of a container instance to open a link. @returns false if it is not connected */
  readonly askAgent: (containerInstanceArn: string, wish: SessionWish) => boolean;
}

/**
 * All sessions that are open in this process. Their records are made by operations; from the first connection of a client on
 * they are lived here, and what becomes of them is written back.
 */
export class SessionRegistry {
  private readonly deps: SessionRegistryDependencies;
  private readonly live = new Map<string, LiveSession>();
  private readonly unknown = new Map<ByteConnection, string>();
  private readonly deadlines: Deadlines<string>;
  private readonly writing = new Set<Promise<void>>();
  private readonly stopListening: () => void;
  private closed = false;

  constructor(deps: SessionRegistryDependencies) {
    this.deps = deps;
    this.deadlines = new Deadlines(deps.clock);
    this.stopListening = deps.store.onChange((change) => this.hear(change));
    // What the last process had open ended with it: the shells' links did.
    for (const status of activeSessionStatuses) {
      for (const { arn } of deps.store.snapshot().list("session", { status })) {
        this.write(endRecord(deps, arn, { ...endings.controlPlaneStops, reason: "The control plane was restarted." }));
      }
    }
  }

  /**
   * A connection that says it belongs to a session. It has a short time to show the session's token.
   * @param address where it comes from
   */
  acceptClient(sessionId: string, connection: ByteConnection, address: string): void {
    if (this.closed || !this.hasRoomFor(address)) return connection.close(1013, "Too many connections.");
    const { clock, ids } = this.deps;
    this.unknown.set(connection, address);
    const name = `opening ${ids.uuid()}`;
    const settle = () => {
      this.unknown.delete(connection);
      this.deadlines.clear(name);
    };
    const early = new EarlyMessages();
    let opened = false;
    this.deadlines.set(name, clock.now() + openingTime, () => connection.close(1008, "No opening message in time."));
    connection.onClose(settle);
    connection.onBytes((bytes) => {
      if (opened) return early.add(bytes);
      opened = true;
      this.open(sessionId, bytes, connection, early)
        .catch((error: unknown) => {
          this.deps.logger.error({ err: error, sessionId }, "session not opened");
          connection.close(1011, "Internal error.");
        })
        .finally(() => {
          settle();
          early.take();
        });
    });
  }

  private hasRoomFor(address: string): boolean {
    if (this.unknown.size >= mostUnknown.all) return false;
    return [...this.unknown.values()].filter((each) => each === address).length < mostUnknown.ofAddress;
  }

  /** A link that an agent has opened. The front door has seen to it that a machine only speaks for itself. */
  acceptLink(
    { sessionId, token, containerInstanceArn }: Record<"sessionId" | "token" | "containerInstanceArn", string>,
    connection: ByteConnection,
  ): void {
    const live = this.live.get(sessionId);
    const taken = live?.containerInstanceArn === containerInstanceArn && live.attachLink(token, connection);
    if (!taken) connection.close(4004, "No such session waits for a link.");
  }

  /** Ends everything, and tells the clients. */
  async close(): Promise<void> {
    this.closed = true;
    this.stopListening();
    for (const connection of this.unknown.keys()) connection.close(1001, "The control plane stops.");
    const sessions = [...this.live.values()];
    for (const session of sessions) session.end(endings.controlPlaneStops);
    for (const session of sessions) session.endNow();
    this.deadlines.clearAll();
    await Promise.all(sessions.map(({ finished }) => finished));
    while (this.writing.size > 0) await Promise.all(this.writing);
  }

  private async open(sessionId: string, bytes: Uint8Array, connection: ByteConnection, early: EarlyMessages) {
    const token = decodeOpening(bytes)?.TokenValue;
    const session = token === undefined ? undefined : await admit(this.deps, sessionId, token);
    if (session === undefined || !this.goesOn(sessionId)) {
      this.deps.logger.info({ sessionId }, "session token refused");
      connection.send(
        new MessageWriter(this.deps).closed(sessionId, "The token is not valid for this session (any more)."),
      );
      return connection.close(1008, "The token is not valid.");
    }
    if (this.closed) return connection.close(1001, "The control plane stops.");
    this.deadlines.clear(sessionId);
    const live = this.live.get(sessionId) ?? this.begin(session);
    live.attach(withEarly(connection, early));
  }

  /** While the admission was on its way to the disk, its end may have been asked for. */
  private goesOn(sessionId: string): boolean {
    const session = this.deps.store.snapshot().get("session", sessionId)?.value;
    return session !== undefined && !isOver(session) && session.status !== "Terminating";
  }

  private begin(session: Session): LiveSession {
    const { deps } = this;
    const { sessionId, containerInstanceArn, target, transcriptGroup } = session;
    const group = transcriptGroup === undefined ? undefined : deps.logStore.group(transcriptGroup)?.name;
    const missing = transcriptGroup !== undefined && group === undefined;
    const live = new LiveSession(session, {
      clock: deps.clock,
      ids: deps.ids,
      settings: deps.settings.sessions,
      askAgent: (wish) => deps.askAgent(containerInstanceArn, { ...wish, sessionId, target: targetOf(target) }),
      targetEnding: () => targetEnding(deps.store.snapshot(), session),
      ...(group === undefined
        ? {}
        : {
            transcript: (onRoom: () => void) =>
              new Transcript(
                { group, stream: sessionId },
                { ...deps, transcript: deps.settings.sessions.transcript },
                onRoom,
              ),
          }),
      notice: missing ? `There is no log group ${transcriptGroup}: what this session shows is not logged.` : "",
      onStatus: (status) => this.write(writeStatus(deps, sessionId, status)),
      onOver: (ending) => {
        this.live.delete(sessionId);
        deps.logger.info({ sessionId, reason: ending.reason, exitCode: ending.exitCode }, "session over");
        this.write(endRecord(deps, sessionId, ending));
      },
    });
    this.live.set(sessionId, live);
    deps.logger.info({ sessionId, owner: session.owner, target: session.targetId }, "session opened");
    return live;
  }

  private hear({ before, after }: Change): void {
    if (after?.kind === "session") this.hearSession(after.value);
    else if (after?.kind === "containerInstance" && after.value.status === "INACTIVE") this.endAllAt(after.arn);
    else if (after?.kind === "managedInstance" && after.value.revokedAt !== undefined) {
      const instances = this.deps.store.snapshot().list("containerInstance", { ec2InstanceId: after.value.instanceId });
      for (const { arn } of instances) this.endAllAt(arn);
    } else if (after?.kind === "task" && before !== undefined) {
      for (const [sessionId, live] of this.live) {
        const session = this.deps.store.snapshot().get("session", sessionId)?.value;
        if (session?.target.type !== "container" || session.target.taskArn !== after.arn) continue;
        const { containerName } = session.target;
        const isStopped = after.value.containers.some(
          ({ name, lastStatus }) => name === containerName && lastStatus === "STOPPED",
        );
        if (isStopped || after.value.lastStatus === "STOPPED") {
          live.end(
            endings.targetStopped(targetEnding(this.deps.store.snapshot(), session) ?? "The container stopped."),
          );
        }
      }
    }
  }

  /** A machine that was turned out has no more say in what its sessions show, nor they in what it does. */
  private endAllAt(containerInstanceArn: string): void {
    for (const live of this.live.values()) {
      if (live.containerInstanceArn === containerInstanceArn) live.end(endings.instanceDeregistered);
    }
  }

  private hearSession(session: Session): void {
    const { sessionId, status, admission } = session;
    const live = this.live.get(sessionId);
    if (isOver(session)) return this.deadlines.clear(sessionId);
    if (status === "Terminating") {
      if (live !== undefined) live.end(endings.terminated);
      else this.write(endRecord(this.deps, sessionId, endings.terminated));
    } else if (status === "Connecting" && live === undefined && admission !== undefined) {
      this.deadlines.set(sessionId, admission.expiresAt, () => {
        if (!this.live.has(sessionId)) this.write(endUnopened(this.deps, sessionId));
      });
    }
  }

  /** Keeps in mind what is on its way to the store. */
  private write(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.deps.logger.error({ err: error }, "session record not written"))
      .finally(() => this.writing.delete(done));
    this.writing.add(done);
  }
}

const targetOf = (target: Session["target"]): OpenSessionMessage["target"] => {
  if (target.type === "host") return target;
  const { clusterArn: _notAsked, ...container } = target;
  return container;
};

/** The connection with what has come over it already. */
function withEarly(connection: ByteConnection, early: EarlyMessages): ByteConnection {
  return {
    send: (bytes) => connection.send(bytes),
    get bufferedBytes() {
      return connection.bufferedBytes;
    },
    ping: () => connection.ping(),
    onBytes(listener) {
      for (const bytes of early.take()) listener(bytes);
      connection.onBytes(listener);
    },
    onAlive: (listener) => connection.onAlive(listener),
    onClose: (listener) => connection.onClose(listener),
    close: (code, reason) => connection.close(code, reason),
  };
}
