import { createHash } from "node:crypto";
import {
  acknowledgedSequence,
  acknowledgement,
  type DataMessage,
  decodeChannelClosed,
  decodeDataMessage,
  encodeDataMessage,
  payloadTypes,
} from "../../packages/contract/src/index.ts";
import type { Clock } from "../../packages/control-plane/src/platform/clock.ts";
import type { ByteConnection } from "../../packages/control-plane/src/sessions/byte-connection.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

/** How a client is, where clients differ. */
export interface ClientHabits {
  readonly saysNoSize?: boolean;
  readonly clientVersion?: string;
  /** Whether messages are acknowledged at all. */
  readonly acknowledges?: boolean;
  /** A client whose terminal or socket takes nothing at the moment. */
  readonly stalled?: () => boolean;
}

/**
 * A client of the data channel, written from the exec session protocol (section 2) the way the session-manager-plugin
 * behaves: output is shown in order and then acknowledged, what comes ahead is kept and acknowledged at once, what comes
 * again is dropped without a word, and before it is ready so is everything else.
 */
export class DataChannelClient {
  /** All output that was shown, in order. */
  readonly shown: Uint8Array[] = [];
  readonly flags: number[] = [];
  handshakeRequest: unknown;
  customerMessage = "";
  closed: { readonly output: string; readonly exitCode?: number } | undefined;
  /** Messages of the server that came, whatever became of them. */
  received = 0;
  private readonly clock: Clock;
  private readonly habits: ClientHabits;
  private connection: ByteConnection | undefined;
  private expected = 0;
  private ready = false;
  private readonly ahead = new Map<number, DataMessage>();
  private nextSequence = 0;
  private readonly unacknowledged = new Map<number, Uint8Array>();
  private uuids = 0;

  constructor(clock: Clock, habits: ClientHabits = {}) {
    this.clock = clock;
    this.habits = habits;
  }

  get text(): string {
    return Buffer.concat(this.shown).toString("latin1");
  }

  /** Whether everything that was typed has been acknowledged. */
  get isHeard(): boolean {
    return this.unacknowledged.size === 0;
  }

  /** Opens the channel, or goes on over another connection. */
  connect(connection: ByteConnection, token: string): void {
    this.connection = connection;
    connection.onBytes((bytes) => connection === this.connection && this.receive(bytes));
    const opening = { MessageSchemaVersion: "1.0", RequestId: this.uuid(), TokenValue: token, ClientId: this.uuid() };
    connection.send(Buffer.from(JSON.stringify(opening)));
    for (const bytes of this.unacknowledged.values()) connection.send(bytes);
  }

  type(text: string | Uint8Array): void {
    this.sendStream(payloadTypes.output, typeof text === "string" ? Buffer.from(text) : text);
  }

  resize(cols: number, rows: number): void {
    this.sendStream(payloadTypes.size, Buffer.from(JSON.stringify({ cols, rows })));
  }

  sendStream(payloadType: number, payload: Uint8Array): void {
    const sequence = this.nextSequence++;
    const bytes = this.encode({ type: "input_stream_data", sequence, flags: 0, payloadType, payload });
    this.unacknowledged.set(sequence, bytes);
    this.connection?.send(bytes);
  }

  /** Sends the oldest message again that was not acknowledged, as the plugin does every 100 ms. */
  resend(): void {
    const [oldest] = this.unacknowledged.values();
    if (oldest !== undefined) this.connection?.send(oldest);
  }

  sendRaw(bytes: Uint8Array): void {
    this.connection?.send(bytes);
  }

  encode(message: Omit<DataMessage, "messageId" | "createdAt">): Uint8Array {
    return encodeDataMessage({ ...message, messageId: this.uuid(), createdAt: this.clock.now() }, sha256);
  }

  private receive(bytes: Uint8Array): void {
    const message = decodeDataMessage(bytes, sha256);
    if (message === undefined) throw new Error("The server sent what is no message.");
    this.received += 1;
    if (message.type === "acknowledge") {
      const sequence = acknowledgedSequence(message.payload);
      if (sequence !== undefined) this.unacknowledged.delete(sequence);
    } else if (message.type === "channel_closed") this.closed ??= decodeChannelClosed(message.payload);
    else if (message.type === "output_stream_data") this.receiveOutput(message);
  }

  private receiveOutput(message: DataMessage): void {
    const { sequence } = message;
    if (this.habits.stalled?.()) return;
    if (sequence < this.expected) return;
    if (sequence > this.expected) {
      this.ahead.set(sequence, message);
      return this.acknowledge(message);
    }
    if (!this.take(message)) return;
    this.acknowledge(message);
    for (;;) {
      this.expected += 1;
      const next = this.ahead.get(this.expected);
      if (next === undefined || !this.take(next)) return;
      this.ahead.delete(this.expected);
    }
  }

  private take({ payloadType, payload }: DataMessage): boolean {
    if (payloadType === payloadTypes.handshakeRequest) {
      this.handshakeRequest = JSON.parse(Buffer.from(payload).toString());
      const { clientVersion = "1.2.0.0" } = this.habits;
      const done = [{ ActionType: "SessionType", ActionStatus: 1, ActionResult: null, Error: "" }];
      const response = { ClientVersion: clientVersion, ProcessedClientActions: done, Errors: null };
      this.sendStream(payloadTypes.handshakeResponse, Buffer.from(JSON.stringify(response)));
    } else if (payloadType === payloadTypes.handshakeComplete) {
      const { CustomerMessage } = JSON.parse(Buffer.from(payload).toString()) as { CustomerMessage: string };
      this.customerMessage = CustomerMessage;
      this.ready = true;
      if (this.habits.saysNoSize !== true) this.resize(80, 24);
    } else if (!this.ready) return false;
    else if (payloadType === payloadTypes.flag) this.flags.push(Buffer.from(payload).readUInt32BE());
    else this.shown.push(payload);
    return true;
  }

  private acknowledge(message: DataMessage): void {
    if (this.habits.acknowledges === false) return;
    const payload = acknowledgement(message);
    this.connection?.send(this.encode({ type: "acknowledge", sequence: 0, flags: 3, payloadType: 0, payload }));
  }

  private uuid(): string {
    return `00000000-0000-4000-8000-${String(++this.uuids).padStart(12, "0")}`;
  }
}
