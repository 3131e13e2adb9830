import { payloadTypes } from "@hatoba/contract";
import { RoundTrip } from "./round-trip.ts";

/** Bytes of payload that are on their way to a client without an acknowledge, and messages. */
export const sendWindow = { bytes: 512 * 1024, messages: 512 } as const;
/** The largest payload; what waits is put together up to it. */
const longestPayload = 32 * 1024;

/** Makes the bytes of the stream message with this number. */
export type EncodeStream = (sequence: number, payloadType: number, payload: Uint8Array) => Uint8Array;

interface InFlight {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly payloadLength: number;
  readonly payloadType: number;
  readonly firstSentAt: number;
  readonly firstConnection: number;
  sentAt: number;
  /** The connection that it was last sent on, and whether the client was ready for it then. */
  connection: number;
  sentWhenReady: boolean;
}

/**
 * The sending half of a data channel: numbers messages, keeps them until they are acknowledged, sends them again when that
 * takes too long, and all of them on a new connection. What is beyond the window waits. It knows no clock and no socket.
 * Source: exec session protocol, sections 2.6, 2.7 and 2.12.
 */
export class DataChannelSender {
  private readonly encode: EncodeStream;
  private readonly onTaken: (bytes: number) => void;
  private readonly waiting: { readonly payloadType: number; readonly payload: Uint8Array }[] = [];
  /** By number, lowest first. */
  private readonly inFlight = new Map<number, InFlight>();
  private inFlightBytes = 0;
  private nextSequence = 0;
  private readonly roundTrip = new RoundTrip();
  private transmit: ((bytes: Uint8Array) => void) | undefined;
  private connection = 0;
  private ready = false;

  /** @param onTaken told how many bytes of output have left the queue for the window: so many more may come */
  constructor({ encode, onTaken }: { readonly encode: EncodeStream; readonly onTaken: (bytes: number) => void }) {
    this.encode = encode;
    this.onTaken = onTaken;
  }

  /** All that was pushed was sent and acknowledged. */
  get isDone(): boolean {
    return this.waiting.length === 0 && this.inFlight.size === 0;
  }

  /** Everything that was pushed has been sent at least once. */
  get isSent(): boolean {
    return this.waiting.length === 0;
  }

  /** When there may be something to send again; undefined if nothing is on its way. Epoch milliseconds. */
  get dueAt(): number | undefined {
    const next = this.leastRecentlySent();
    return next === undefined || this.transmit === undefined ? undefined : next.sentAt + this.roundTrip.timeout;
  }

  /** Since when the oldest message is without acknowledge. Epoch milliseconds. */
  get unacknowledgedSince(): number | undefined {
    const [oldest] = this.inFlight.values();
    return oldest?.firstSentAt;
  }

  /**
   * From now on an acknowledge says that what was carried over from an earlier connection, and was sent again before, has come
   * as well: the client does not acknowledge what it had got already, and nothing is lost within a connection.
   */
  clientIsReady(): void {
    this.ready = true;
  }

  /** Goes on over a new connection: what was not acknowledged is sent again, in order. */
  attach(transmit: (bytes: Uint8Array) => void, now: number): void {
    this.transmit = transmit;
    this.connection += 1;
    for (const message of this.inFlight.values()) this.send(message, now);
    // A client that has got them before says nothing about it; but it will acknowledge this one, which shows nothing.
    if (this.inFlight.size > 0 && this.ready) this.launch(payloadTypes.output, new Uint8Array(), now);
    this.pump(now);
  }

  /** The connection is gone; everything is kept. */
  detach(): void {
    this.transmit = undefined;
  }

  push(payloadType: number, payload: Uint8Array, now: number): void {
    for (let start = 0; start < payload.length || start === 0; start += longestPayload) {
      this.waiting.push({ payloadType, payload: payload.subarray(start, start + longestPayload) });
    }
    this.pump(now);
  }

  /** Takes an acknowledge. @returns whether it was news */
  acknowledge(sequence: number, now: number): boolean {
    const message = this.inFlight.get(sequence);
    if (message === undefined) return false;
    const [oldest] = this.inFlight.keys();
    // Only a client that is ready takes output in its turn; before, it drops it without a word.
    if (sequence === oldest && message.payloadType === payloadTypes.output) this.ready = true;
    this.roundTrip.learn(now - message.sentAt);
    this.forget(message);
    for (const earlier of this.inFlight.values()) {
      if (earlier.sequence > sequence) break;
      const isCarriedOver = earlier.firstConnection !== message.connection && earlier.sentWhenReady;
      if (isCarriedOver && earlier.connection === message.connection) this.forget(earlier);
    }
    this.pump(now);
    return true;
  }

  /** Sends one message again if it is time for that. */
  resendDue(now: number): void {
    const next = this.leastRecentlySent();
    const due = this.dueAt;
    if (next !== undefined && due !== undefined && due <= now) this.send(next, now);
  }

  /**
   * At first the lowest number. But a client is silent about what it has already got: where only an acknowledge was lost, the
   * others must have their turn.
   */
  private leastRecentlySent(): InFlight | undefined {
    let found: InFlight | undefined;
    for (const message of this.inFlight.values()) {
      if (found === undefined || message.sentAt < found.sentAt) found = message;
    }
    return found;
  }

  private forget(message: InFlight): void {
    this.inFlight.delete(message.sequence);
    this.inFlightBytes -= message.payloadLength;
  }

  private pump(now: number): void {
    while (this.transmit !== undefined && this.hasRoom) {
      const next = this.nextPayload();
      if (next === undefined) return;
      this.launch(next.payloadType, next.payload, now);
      if (next.payloadType === payloadTypes.output || next.payloadType === payloadTypes.standardError) {
        this.onTaken(next.payload.length);
      }
    }
  }

  private get hasRoom(): boolean {
    return this.inFlightBytes < sendWindow.bytes && this.inFlight.size < sendWindow.messages;
  }

  /** The first that waits, with what follows of the same kind as far as it goes into one message. */
  private nextPayload() {
    const first = this.waiting.shift();
    if (first === undefined || first.payloadType !== payloadTypes.output) return first;
    const parts = [first.payload];
    let length = first.payload.length;
    for (;;) {
      const [next] = this.waiting;
      if (next?.payloadType !== payloadTypes.output || length + next.payload.length > longestPayload) break;
      parts.push(next.payload);
      length += next.payload.length;
      this.waiting.shift();
    }
    return { payloadType: first.payloadType, payload: parts.length === 1 ? first.payload : Buffer.concat(parts) };
  }

  private launch(payloadType: number, payload: Uint8Array, now: number): void {
    const sequence = this.nextSequence++;
    const bytes = this.encode(sequence, payloadType, payload);
    const message: InFlight = {
      sequence,
      bytes,
      payloadType,
      payloadLength: payload.length,
      firstSentAt: now,
      firstConnection: this.connection,
      sentAt: now,
      connection: this.connection,
      sentWhenReady: this.ready,
    };
    this.inFlight.set(sequence, message);
    this.inFlightBytes += payload.length;
    this.send(message, now);
  }

  private send(message: InFlight, now: number): void {
    message.sentAt = now;
    message.connection = this.connection;
    message.sentWhenReady = this.ready;
    this.transmit?.(message.bytes);
  }
}
