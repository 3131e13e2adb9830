/** A client that comes back sends all of its window at once: 64 messages of 16 KiB if it is our own. */
const most = { messages: 4_096, bytes: 1.5 * 1024 * 1024 } as const;

/**
 * What a connection has brought while its token is looked at. Nobody has vouched for who sends it, so it is little, and
 * nothing at all once the connection was refused: it may go on sending until it is closed.
 */
export class EarlyMessages {
  private readonly held: Uint8Array[] = [];
  private bytes = 0;
  private isOver = false;

  add(message: Uint8Array): void {
    if (this.isOver || this.held.length >= most.messages || this.bytes + message.length > most.bytes) return;
    this.held.push(message);
    this.bytes += message.length;
  }

  /** All of it, in order; from now on nothing is kept. */
  take(): readonly Uint8Array[] {
    this.isOver = true;
    return this.held.splice(0);
  }
}
