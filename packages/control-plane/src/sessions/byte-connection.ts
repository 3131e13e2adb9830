/** One open connection that carries whole binary messages in order; text ones come as their bytes. */
export interface ByteConnection {
  /** Hands a message over. After the close it is dropped. */
  send(bytes: Uint8Array): void;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedBytes: number;
  /** Asks whether the other side is there; its answer shows in `onAlive`. */
  ping(): void;
  /** One listener; messages that came before it was set are kept for it. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** One listener: the other side has answered a ping or sent one. */
  onAlive(listener: () => void): void;
  /** One listener, called once, whichever side closed. */
  onClose(listener: () => void): void;
  /** Closes, once what was sent has left; the other side sees code and reason (at most 120 bytes). Idempotent. */
  close(code: number, reason: string): void;
}
