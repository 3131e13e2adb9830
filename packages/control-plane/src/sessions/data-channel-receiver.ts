import type { DataMessage } from "@hatoba/contract";

/**
 * What may wait for its turn: messages, and bytes of their payloads. The stock client sends again what was not taken; our own
 * trusts the connection, so all of its window (64 messages of 16 KiB) has room here, and sizes and flags behind it.
 */
const mostHeld = { messages: 2_048, bytes: 2 * 1024 * 1024 } as const;

/**
 * The receiving half of a data channel: hands on each stream message once and in order, and acknowledges it when it was
 * taken; a repeated one is acknowledged again, since its acknowledge may have been lost. What is ahead of its turn, or
 * cannot be taken yet, is held within bounds. Source: exec session protocol, section 2.6.
 */
export class DataChannelReceiver {
  private readonly take: (message: DataMessage) => boolean;
  private readonly acknowledge: (message: DataMessage) => void;
  private readonly held = new Map<number, DataMessage>();
  private heldBytes = 0;
  private expected = 0;
  private draining = false;

  /** @param deps.take false: not now; `resume` asks again */
  constructor(deps: {
    readonly take: (message: DataMessage) => boolean;
    readonly acknowledge: (message: DataMessage) => void;
  }) {
    this.take = deps.take;
    this.acknowledge = deps.acknowledge;
  }

  receive(message: DataMessage): void {
    const { sequence, payload } = message;
    if (sequence < this.expected) return this.acknowledge(message);
    if (this.held.has(sequence) || sequence >= this.expected + mostHeld.messages) return;
    // The one whose turn it is always has room: what waits behind it could never go otherwise.
    if (sequence !== this.expected && this.heldBytes + payload.length > mostHeld.bytes) return;
    this.held.set(sequence, message);
    this.heldBytes += payload.length;
    this.resume();
  }

  /** What could not be taken may be able to by now. */
  resume(): void {
    if (this.draining) return; // whoever takes a message may make room for the next
    this.draining = true;
    try {
      for (;;) {
        const next = this.held.get(this.expected);
        if (next === undefined || !this.take(next)) return;
        this.held.delete(this.expected);
        this.heldBytes -= next.payload.length;
        this.expected += 1;
        this.acknowledge(next);
      }
    } finally {
      this.draining = false;
    }
  }
}
