import { hash } from "node:crypto";
import {
  acknowledgedSequence,
  acknowledgement,
  type DataMessage,
  decodeChannelClosed,
  decodeDataMessage,
  encodeDataMessage,
  flagPayload,
  flags,
  ownClientVersion,
  payloadTypes,
  singleMessage,
} from "@hatoba/contract";

export interface ClientChannelOptions {
  readonly newId: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What comes next of the program's output. It is acknowledged once this resolves, and the next waits for it. */
  readonly onOutput: (from: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;
  /** The session has begun; `notice` is for the user to read, or empty. */
  readonly onReady: (notice: string) => void;
  readonly onClosed: (end: { readonly output: string; readonly exitCode?: number }) => void;
}

/** Input messages on their way; beyond them `room` waits. */
const mostInFlight = 64;
/** Output that came before its turn. */
const mostEarly = 10_000;

/**
 * The client's half of a Session Manager data channel, over all its connections: numbers what it sends and keeps it until
 * it is acknowledged, puts in order what it gets. It knows no socket. Source: exec session protocol, section 2.
 */
export class ClientChannel {
  readonly #options: ClientChannelOptions;
  readonly #inFlight = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #early = new Map<number, DataMessage>();
  #nextInput = 0;
  #nextOutput = 0;
  #isTaking = false;
  #transmit: ((bytes: Uint8Array<ArrayBuffer>) => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(options: ClientChannelOptions) {
    this.#options = options;
  }

  /** A new connection: what is not acknowledged is sent again, in order. */
  attach(transmit: (bytes: Uint8Array<ArrayBuffer>) => void): void {
    this.#transmit = transmit;
    for (const bytes of this.#inFlight.values()) transmit(bytes);
  }

  detach(): void {
    this.#transmit = undefined;
  }

  sendInput(bytes: Uint8Array): void {
    this.#send(payloadTypes.output, bytes);
  }

  sendSize(size: { readonly cols: number; readonly rows: number }): void {
    this.#send(payloadTypes.size, jsonBytes({ cols: size.cols, rows: size.rows }));
  }

  sendInputEnd(): void {
    this.#send(payloadTypes.flag, flagPayload(flags.inputEnd));
  }

  sendTerminate(): void {
    this.#send(payloadTypes.flag, flagPayload(flags.terminateSession));
  }

  /** Resolves when more input may be sent. One caller at a time. */
  async room(): Promise<void> {
    while (this.#inFlight.size >= mostInFlight) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** A binary message of the connection. What cannot be read is left aside. */
  receive(bytes: Uint8Array): void {
    const message = decodeDataMessage(bytes, sha256);
    if (message === undefined) return;
    if (message.type === "acknowledge") this.#acknowledged(message);
    else if (message.type === "channel_closed") void this.#close(message);
    else if (message.type === "output_stream_data" && message.sequence >= this.#nextOutput) {
      if (this.#early.size < mostEarly) this.#early.set(message.sequence, message);
      void this.#takeInOrder();
    } else if (message.type === "output_stream_data") this.#acknowledge(message);
  }

  async #takeInOrder(): Promise<void> {
    if (this.#isTaking) return;
    this.#isTaking = true;
    for (let next = this.#early.get(this.#nextOutput); next !== undefined; next = this.#early.get(this.#nextOutput)) {
      this.#early.delete(this.#nextOutput++);
      await this.#take(next);
      this.#acknowledge(next);
    }
    this.#isTaking = false;
    this.#wakeTaken?.();
  }

  #wakeTaken: (() => void) | undefined;

  async #take({ payloadType, payload }: DataMessage): Promise<void> {
    const { onOutput, onReady } = this.#options;
    if (payloadType === payloadTypes.output) await onOutput("stdout", payload);
    else if (payloadType === payloadTypes.standardError) await onOutput("stderr", payload);
    else if (payloadType === payloadTypes.handshakeRequest) {
      this.#send(payloadTypes.handshakeResponse, jsonBytes(handshakeResponse));
    } else if (payloadType === payloadTypes.handshakeComplete) onReady(noticeOf(payload));
  }

  /** Everything that came before it is shown first. */
  async #close({ payload }: DataMessage): Promise<void> {
    while (this.#isTaking) await new Promise<void>((resolve) => (this.#wakeTaken = resolve));
    this.#options.onClosed(decodeChannelClosed(payload));
  }

  #acknowledged({ payload }: DataMessage): void {
    const sequence = acknowledgedSequence(payload);
    if (sequence !== undefined) this.#inFlight.delete(sequence);
    this.#wake?.();
  }

  #acknowledge(message: DataMessage): void {
    this.#transmit?.(
      this.#encode({
        type: "acknowledge",
        sequence: 0,
        flags: singleMessage,
        payloadType: 0,
        payload: acknowledgement(message),
      }),
    );
  }

  #send(payloadType: number, payload: Uint8Array): void {
    const sequence = this.#nextInput++;
    const bytes = this.#encode({ type: "input_stream_data", sequence, flags: 0, payloadType, payload });
    this.#inFlight.set(sequence, bytes);
    this.#transmit?.(bytes);
  }

  #encode(message: Omit<DataMessage, "messageId" | "createdAt">): Uint8Array<ArrayBuffer> {
    const { newId, now } = this.#options;
    return encodeDataMessage({ ...message, messageId: newId(), createdAt: now() }, sha256);
  }
}

const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");
const jsonBytes = (content: object): Uint8Array => new TextEncoder().encode(JSON.stringify(content));

const handshakeResponse = {
  ClientVersion: ownClientVersion,
  ProcessedClientActions: [{ ActionType: "SessionType", ActionStatus: 1, ActionResult: null, Error: "" }],
  Errors: null,
};

function noticeOf(payload: Uint8Array): string {
  try {
    const { CustomerMessage } = JSON.parse(new TextDecoder().decode(payload)) as { CustomerMessage?: unknown };
    return typeof CustomerMessage === "string" ? CustomerMessage : "";
  } catch {
    return "";
  }
}
