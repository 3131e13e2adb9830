import {
  type DataMessage,
  decodeFlag,
  decodeHandshakeResponse,
  decodeSize,
  flagPayload,
  flags,
  handshakeComplete,
  handshakeRequest,
  type LinkFrame,
  type OpenSessionMessage,
  ownClientVersion,
  payloadTypes,
} from "@hatoba/contract";
import type { Session } from "../model/session.ts";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { SessionSettings } from "../settings.ts";
import { hashToken, isSameToken } from "./admission.ts";
import type { ByteConnection } from "./byte-connection.ts";
import { ClientSide } from "./client-side.ts";
import { Deadlines } from "./deadlines.ts";
import { type Ending, endings } from "./endings.ts";
import { SessionLink } from "./session-link.ts";
import type { Transcript } from "./transcript.ts";
import { forwardsMultiplexed, ourAgentVersion, runOf } from "./what-to-run.ts";

/** In milliseconds. */
const times = {
  handshake: 15_000,
  /** A client that says no size gets the terminal's own after so long. */
  size: 2_000,
  link: 30_000,
  linkPing: 20_000,
  linkSilence: 60_000,
} as const;

export interface LiveSessionDependencies {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly settings: SessionSettings;
  /** Asks the agent to open a link. @returns false if it is not connected */
  readonly askAgent: (wish: Pick<OpenSessionMessage, "token" | "run">) => boolean;
  /** Why the target is ending, if it is: what a program that was killed is explained with. */
  readonly targetEnding: () => string | undefined;
  readonly transcript?: (onRoom: () => void) => Transcript;
  /** Printed before the session; empty for nothing. */
  readonly notice: string;
  readonly onStatus: (status: "Connected" | "Disconnected") => void;
  /** Called once, when it is over and the client was told. */
  readonly onOver: (ending: Ending) => void;
}

type Phase = "handshake" | "size" | "opening" | "running" | "closing" | "over";

/**
 * One session that a client has opened: the handshake, then bytes between the client's data channel and the link to the
 * agent, until either comes to an end. The client may be cut off and come back; the link may not.
 */
export class LiveSession {
  private readonly session: Session;
  private readonly deps: LiveSessionDependencies;
  private readonly client: ClientSide;
  private readonly deadlines: Deadlines<"handshake" | "size" | "link" | "linkPing" | "idle" | "longest">;
  private readonly transcript: Transcript | undefined;
  private phase: Phase = "handshake";
  /** Resolves after `onOver` was called. */
  readonly finished: Promise<void>;
  private readonly finish: () => void;
  private readonly startedAt: number;
  private activeAt: number;
  private size: { readonly cols: number; readonly rows: number } | undefined;
  private multiplexed = false;
  private isOwnClient = false;
  private linkTokenHash: string | undefined;
  private link: SessionLink | undefined;
  private linkHeardAt = 0;
  /** Bytes that were taken while the transcript could not keep up. */
  private heldCredit = 0;
  /** Bytes of the link's output that the client's side has not taken yet, and those of links before it. */
  private untaken = 0;
  private untakenBefore = 0;

  constructor(session: Session, deps: LiveSessionDependencies) {
    const { clock, settings } = deps;
    this.session = session;
    this.deps = deps;
    this.deadlines = new Deadlines(clock);
    ({ promise: this.finished, resolve: this.finish } = Promise.withResolvers<void>());
    this.startedAt = clock.now();
    this.activeAt = this.startedAt;
    this.transcript = deps.transcript?.(() => this.giveCredit(0));
    this.client = new ClientSide(session.sessionId, {
      ...deps,
      take: (message) => this.take(message),
      onTaken: (bytes) => this.taken(bytes),
      onAttached: () => deps.onStatus("Connected"),
      onDetached: () => deps.onStatus("Disconnected"),
      onLeft: () => this.end(endings.leftByClient),
      onGone: (ending) => this.end(ending),
      onOver: (ending) => this.over(ending),
    });
    this.client.push(
      payloadTypes.handshakeRequest,
      handshakeRequest(ourAgentVersion, session.sessionType, session.port),
    );
    this.watchIdleness();
    if (settings.longestMs > 0) {
      this.deadlines.set("longest", this.startedAt + settings.longestMs, () => this.end(endings.longest));
    }
    this.deadlines.set("handshake", this.startedAt + times.handshake, () => this.end(endings.noHandshake));
  }

  get containerInstanceArn(): string {
    return this.session.containerInstanceArn;
  }

  /** A client that has shown its token. An older connection is dropped. */
  attach(connection: ByteConnection): void {
    this.client.attach(connection);
  }

  /** A link from the agent. @returns false if it is not the one that was asked for */
  attachLink(token: string, connection: ByteConnection): boolean {
    if (this.linkTokenHash === undefined || !isSameToken(token, this.linkTokenHash)) return false;
    this.linkTokenHash = undefined;
    const link = new SessionLink(connection, {
      frame: (frame) => this.receive(link, frame),
      lost: () => link === this.link && this.end(this.causeOr(endings.linkLost)),
      alive: () => {
        this.linkHeardAt = this.deps.clock.now();
      },
    });
    this.link = link;
    this.linkHeardAt = this.deps.clock.now();
    this.watchLink(link);
    if (this.size !== undefined) link.send({ kind: "size", ...this.size });
    this.client.resume();
    return true;
  }

  /** Ends it, unless it is ending. What was put out before still reaches the client. */
  end(ending: Ending): void {
    if (this.phase === "closing" || this.phase === "over") return;
    this.phase = "closing";
    this.deadlines.clearAll();
    this.link?.close();
    this.link = undefined;
    this.linkTokenHash = undefined;
    if (this.session.sessionType === "NonInteractiveCommands" && ending.exitCode !== undefined) {
      this.client.push(payloadTypes.exitCode, Buffer.from(`EXIT_CODE: ${ending.exitCode}`));
    }
    this.client.close(ending);
  }

  /** No waiting for what is on its way. */
  endNow(): void {
    this.client.finish();
  }

  private over(ending: Ending): void {
    this.phase = "over";
    const told = () => {
      this.deps.onOver(ending);
      this.finish();
    };
    if (this.transcript === undefined) told();
    else void this.transcript.end().then(told);
  }

  /** Something that the client said, in its turn. @returns false: not now */
  private take(message: DataMessage): boolean {
    const { payloadType, payload } = message;
    if (this.phase === "closing" || this.phase === "over") return true;
    if (payloadType === payloadTypes.handshakeResponse) this.takeHandshake(payload);
    else if (payloadType === payloadTypes.size) this.takeSize(payload);
    else if (payloadType === payloadTypes.flag) return this.takeFlag(payload);
    else if (payloadType === payloadTypes.output) return this.takeInput(payload);
    return true;
  }

  private takeHandshake(payload: Uint8Array): void {
    const response = decodeHandshakeResponse(payload);
    if (this.phase !== "handshake" || response === undefined) return;
    this.deadlines.clear("handshake");
    this.isOwnClient = response.clientVersion === ownClientVersion;
    if (response.refusal !== undefined) return this.end(endings.refusedByClient(response.refusal));
    const now = this.deps.clock.now();
    const nanoseconds = (now - this.startedAt) * 1_000_000;
    this.client.push(payloadTypes.handshakeComplete, handshakeComplete(nanoseconds, this.deps.notice));
    if (this.session.port !== undefined) {
      this.multiplexed = forwardsMultiplexed(this.session.port, response.clientVersion);
      this.askForLink();
    } else {
      this.phase = "size";
      this.deadlines.set("size", now + times.size, () => this.askForLink());
    }
  }

  /** The first size shows that the client is ready for output: it is sent when its handler is in place. */
  private takeSize(payload: Uint8Array): void {
    const size = decodeSize(payload);
    if (size === undefined) return;
    this.size = size;
    this.client.isReady();
    if (this.phase === "size") this.askForLink();
    else this.link?.send({ kind: "size", ...size });
  }

  private takeFlag(payload: Uint8Array): boolean {
    const flag = decodeFlag(payload);
    if (flag === flags.inputEnd) {
      if (this.link === undefined) return false; // its turn is after the input before it
      this.link.send({ kind: "inputEnd" });
    }
    if (flag === flags.terminateSession) this.end(endings.leftByClient);
    else if (flag === flags.disconnectToPort && this.phase !== "handshake") {
      // The client's connection has ended and it waits for the next one: that gets a new connection to the port.
      this.link?.close();
      this.link = undefined;
      this.forgetCredit();
      this.askForLink();
    }
    return true;
  }

  private takeInput(bytes: Uint8Array): boolean {
    this.activeAt = this.deps.clock.now();
    if (this.session.sessionType === "NonInteractiveCommands" && !this.isOwnClient) {
      // Of its input only the signals count. Source: exec session protocol, section 2.14.
      if (bytes.length === 1 && (bytes[0] === 0x03 || bytes[0] === 0x1c)) this.end(endings.leftByClient);
      return true;
    }
    return this.link?.sendInput(bytes) ?? false;
  }

  private askForLink(): void {
    const { clock, ids, askAgent } = this.deps;
    this.phase = "opening";
    this.deadlines.clear("size");
    const token = ids.hex(64);
    this.linkTokenHash = hashToken(token);
    if (!askAgent({ token, run: runOf(this.session, this.multiplexed) })) return this.end(endings.agentAway);
    this.deadlines.set("link", clock.now() + times.link, () => this.end(this.causeOr(endings.noLink)));
  }

  private receive(link: SessionLink, frame: LinkFrame): void {
    if (link !== this.link) return;
    if (frame.kind === "started") {
      this.phase = "running";
      this.deadlines.clear("link");
    } else if (frame.kind === "output") this.putOut(payloadTypes.output, frame.bytes);
    else if (frame.kind === "errorOutput") {
      const apart = this.session.sessionType === "NonInteractiveCommands";
      this.putOut(apart ? payloadTypes.standardError : payloadTypes.output, frame.bytes);
    } else if (frame.kind === "portRefused") this.client.push(payloadTypes.flag, flagPayload(flags.connectToPortError));
    else if (frame.kind === "exited") this.exited(frame.exitCode);
    else if (frame.kind === "failed") {
      const ending = this.phase === "opening" ? endings.notStarted(frame.reason) : endings.lost(frame.reason);
      this.end(this.causeOr(ending));
    } else if (frame.kind === "credit") this.client.resume();
  }

  private putOut(payloadType: number, bytes: Uint8Array): void {
    this.activeAt = this.deps.clock.now();
    if (this.session.port === undefined) this.transcript?.write(bytes);
    this.untaken += bytes.length;
    this.client.push(payloadType, bytes);
  }

  private exited(exitCode: number): void {
    // A program that ends by a signal while its container ends has not ended by itself.
    const cause = exitCode > 128 ? this.deps.targetEnding() : undefined;
    this.end(cause === undefined ? endings.exited(exitCode) : endings.targetStopped(cause, exitCode));
  }

  private causeOr(ending: Ending): Ending {
    const cause = this.deps.targetEnding();
    return cause === undefined ? ending : endings.targetStopped(cause);
  }

  /** What a link put out before it was replaced is not the next one's to have credit for. */
  private forgetCredit(): void {
    this.heldCredit = 0;
    this.untakenBefore += this.untaken;
    this.untaken = 0;
  }

  private taken(bytes: number): void {
    const before = Math.min(this.untakenBefore, bytes);
    this.untakenBefore -= before;
    this.untaken -= bytes - before;
    this.giveCredit(bytes - before);
  }

  private giveCredit(bytes: number): void {
    this.heldCredit += bytes;
    if (this.transcript?.isFull) return;
    this.link?.giveCredit(this.heldCredit);
    this.heldCredit = 0;
  }

  private watchIdleness(): void {
    const { clock, settings } = this.deps;
    this.deadlines.set("idle", this.activeAt + settings.idleMs, () => {
      if (this.activeAt + settings.idleMs <= clock.now()) this.end(endings.idle);
      else this.watchIdleness();
    });
  }

  /** An agent whose machine is gone does not close anything. */
  private watchLink(link: SessionLink): void {
    const { clock } = this.deps;
    this.deadlines.set("linkPing", clock.now() + times.linkPing, () => {
      if (link !== this.link) return;
      if (clock.now() - this.linkHeardAt > times.linkSilence) return this.end(this.causeOr(endings.linkLost));
      link.ping();
      this.watchLink(link);
    });
  }
}
