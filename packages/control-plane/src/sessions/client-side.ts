import { acknowledgedSequence, type DataMessage, decodeFlag, flags, payloadTypes } from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { SessionSettings } from "../settings.ts";
import type { ByteConnection } from "./byte-connection.ts";
import { DataChannelReceiver } from "./data-channel-receiver.ts";
import { DataChannelSender } from "./data-channel-sender.ts";
import { Deadlines } from "./deadlines.ts";
import { type Ending, endings } from "./endings.ts";
import { decodeMessage, MessageWriter } from "./wire.ts";

/** In milliseconds. */
const times = {
  ping: 54_000,
  /** Without a sign of life. */
  silence: 114_000,
  /** The least time between two looks at what is to be sent again. */
  resend: 100,
  /** For what was sent to be acknowledged before the end is told. Source: exec session protocol, section 2.7. */
  closing: 2_000,
  /** For a client that was cut off to read that nothing more comes. */
  cameBack: 10_000,
  /** For a client to hang up after the end. */
  hangUp: 30_000,
} as const;

/** Acknowledges are left out while so many bytes wait for a client that does not read; it sends again what has none. */
const mostUnread = 4 * 1024 * 1024;

export interface ClientSideDependencies {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: SessionSettings;
  readonly take: (message: DataMessage) => boolean;
  readonly onTaken: (bytes: number) => void;
  readonly onAttached: () => void;
  readonly onDetached: () => void;
  /** It wants the end, even if it is not the turn of that yet: input before it may wait for a program that reads none. */
  readonly onLeft: () => void;
  /** It is of no use any more to wait for the client. */
  readonly onGone: (ending: Ending) => void;
  /** Once, after `close`: the client was told, or is not there to be told. */
  readonly onOver: (ending: Ending) => void;
}

/** The client's side of a session over all its connections, of which there is one at a time or none. */
export class ClientSide {
  private readonly sessionId: string;
  private readonly deps: ClientSideDependencies;
  private readonly writer: MessageWriter;
  private readonly sender: DataChannelSender;
  private readonly receiver: DataChannelReceiver;
  private readonly deadlines: Deadlines<"ping" | "resend" | "detached" | "closing" | "hangUp">;
  private connection: ByteConnection | undefined;
  private attachedAt = 0;
  private heardAt = 0;
  private ready = false;
  private ending: Ending | undefined;
  private over = false;

  constructor(sessionId: string, deps: ClientSideDependencies) {
    this.sessionId = sessionId;
    this.deps = deps;
    this.writer = new MessageWriter(deps);
    this.deadlines = new Deadlines(deps.clock);
    this.sender = new DataChannelSender({
      encode: (sequence, payloadType, payload) => this.writer.output(sequence, payloadType, payload),
      onTaken: deps.onTaken,
    });
    this.receiver = new DataChannelReceiver({
      take: deps.take,
      acknowledge: (message) => {
        const { connection } = this;
        if (connection !== undefined && connection.bufferedBytes < mostUnread) {
          connection.send(this.writer.acknowledge(message));
        }
      },
    });
  }

  attach(connection: ByteConnection): void {
    const older = this.connection;
    const now = this.deps.clock.now();
    this.connection = connection;
    this.attachedAt = now;
    this.heardAt = now;
    older?.close(4001, "A newer connection of the same session.");
    this.deadlines.clear("detached");
    this.watch(connection);
    connection.onAlive(() => this.heard());
    connection.onClose(() => connection === this.connection && this.detach());
    this.deps.onAttached();
    this.sender.attach((bytes) => connection.send(bytes), now);
    this.armResend();
    if (this.ending !== undefined) this.armClosing(now);
    this.finishIfDone();
    connection.onBytes((bytes) => connection === this.connection && this.receive(bytes));
  }

  /** Something for the client, in order; held until there is room on the way and a connection. */
  push(payloadType: number, payload: Uint8Array): void {
    this.sender.push(payloadType, payload, this.deps.clock.now());
    this.armResend();
  }

  /** Its handler for output is in place. */
  isReady(): void {
    this.ready = true;
    this.sender.clientIsReady();
  }

  /** What could not be taken may be able to by now. */
  resume(): void {
    this.receiver.resume();
  }

  /** Tells the end after everything else. */
  close(ending: Ending): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.finishIfDone();
    if (this.over) return;
    const { clock } = this.deps;
    if (this.connection !== undefined) this.armClosing(clock.now());
    else this.awaitClient();
  }

  private detach(): void {
    this.connection = undefined;
    this.sender.detach();
    for (const name of ["ping", "resend", "closing"] as const) this.deadlines.clear(name);
    if (this.over) return this.deadlines.clearAll();
    this.deps.onDetached();
    this.awaitClient();
  }

  /** A client that was cut off comes back within moments, if only to read how it ended. */
  private awaitClient(): void {
    const { clock, settings } = this.deps;
    const isTold = this.ending !== undefined && this.sender.isDone;
    const time = isTold ? Math.min(times.cameBack, settings.detachedMs) : settings.detachedMs;
    this.deadlines.set("detached", clock.now() + time, () => {
      if (this.ending === undefined) this.deps.onGone(endings.clientGone);
      this.finish();
    });
  }

  private receive(bytes: Uint8Array): void {
    const message = decodeMessage(bytes);
    this.heard();
    if (message === undefined) return; // what cannot be read is as if it had been lost
    if (message.type === "input_stream_data") {
      this.receiver.receive(message);
      if (isLeave(message)) this.deps.onLeft();
    } else if (message.type === "acknowledge") this.acknowledged(message);
  }

  private acknowledged({ payload }: DataMessage): void {
    const now = this.deps.clock.now();
    const sequence = acknowledgedSequence(payload);
    if (sequence === undefined || !this.sender.acknowledge(sequence, now)) return;
    this.armResend();
    if (this.ending === undefined) return;
    this.armClosing(now);
    this.finishIfDone();
  }

  private heard(): void {
    const now = this.deps.clock.now();
    this.heardAt = now;
    const since = this.sender.unacknowledgedSince;
    // Before it is ready it has to be silent: the port of a forwarding may be used an hour later.
    if (!this.ready || since === undefined || this.ending !== undefined) return;
    // Whoever has stopped their terminal, or reads in a pager, has as long as somebody who does nothing.
    if (now - Math.max(since, this.attachedAt) <= this.deps.settings.idleMs) return;
    this.deps.onGone(endings.silentClient);
    this.finish();
  }

  /** Notices a client that is gone without a word, and keeps what is between from cutting an idle connection. */
  private watch(connection: ByteConnection): void {
    const { clock, settings } = this.deps;
    this.deadlines.set("ping", clock.now() + times.ping, () => {
      if (connection !== this.connection) return;
      // A client that does not read what is on its way does not answer either, and is there.
      const stalled = connection.bufferedBytes > 0;
      // The stock one neither reads nor answers while its terminal takes nothing, even if all that was sent has left here.
      const isShowing = this.ready && this.sender.unacknowledgedSince !== undefined;
      const patience = isShowing ? Math.max(times.silence, settings.idleMs) : times.silence;
      if (!stalled && clock.now() - this.heardAt > patience) {
        this.detach();
        return connection.close(4002, "No sign of life for too long.");
      }
      connection.ping();
      this.watch(connection);
    });
  }

  private armResend(): void {
    if (this.deadlines.has("resend")) return;
    const due = this.sender.dueAt;
    if (due === undefined) return;
    const { clock } = this.deps;
    this.deadlines.set("resend", Math.max(due, clock.now() + times.resend), () => {
      // What has not even left need not be sent again.
      if (this.connection?.bufferedBytes === 0) this.sender.resendDue(clock.now());
      this.armResend();
    });
  }

  private armClosing(now: number): void {
    this.deadlines.set("closing", now + times.closing, () => {
      // Everything that was sent on this connection comes before the end that follows it there.
      if (this.sender.isSent) this.finish();
      else this.deadlines.set("closing", this.deps.clock.now() + this.deps.settings.detachedMs, () => this.finish());
    });
  }

  private finishIfDone(): void {
    if (this.ending !== undefined && this.connection !== undefined && this.sender.isDone) this.finish();
  }

  /** Tells the end now, once it is known. */
  finish(): void {
    const { connection, ending, deps } = this;
    if (this.over || ending === undefined) return;
    this.over = true;
    this.deadlines.clearAll();
    if (connection !== undefined) {
      connection.send(this.writer.closed(this.sessionId, ending.output, ending.exitCode));
      // Clients hang up when they have read it.
      this.deadlines.set("hangUp", deps.clock.now() + times.hangUp, () => connection.close(1000, ""));
    }
    deps.onOver(ending);
  }
}

const isLeave = ({ payloadType, payload }: DataMessage): boolean =>
  payloadType === payloadTypes.flag && decodeFlag(payload) === flags.terminateSession;
