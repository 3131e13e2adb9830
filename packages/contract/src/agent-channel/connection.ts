/** One open connection that carries whole text messages in order, whatever is under it. */
export interface Connection {
  /** Hands a message over. After the close it is dropped. */
  send(text: string): void;
  /** Bytes that were sent and have not left yet; what a sender holds back by. */
  readonly bufferedBytes: number;
  /** One listener; messages that came before it was set are kept for it. */
  onMessage(listener: (text: string) => void): void;
  /** One listener, called once, whichever side closed; `code` is a WebSocket close code, 1006 for a connection that broke. */
  onClose(listener: (code: number, reason: string) => void): void;
  /** Closes; the other side sees code and reason (at most 123 bytes). Idempotent. */
  close(code: number, reason: string): void;
}

/** The two ends of a connection without sockets. Messages and closes arrive in a later turn, as from a network. */
export function connectionPair(): readonly [Connection & Breakable, Connection & Breakable] {
  const left = new PipeEnd();
  const right = new PipeEnd();
  left.join(right);
  right.join(left);
  return [left, right];
}

/** What a test may do to a connection. */
export interface Breakable {
  /** Cuts the connection: messages under way are lost, both ends see 1006. */
  breakOff(): void;
}

class PipeEnd implements Connection, Breakable {
  readonly bufferedBytes = 0;
  private other: PipeEnd | undefined;
  private open = true;
  private early: string[] = [];
  private earlyClose: readonly [number, string] | undefined;
  private messageListener: ((text: string) => void) | undefined;
  private closeListener: ((code: number, reason: string) => void) | undefined;

  join(other: PipeEnd): void {
    this.other = other;
  }

  send(text: string): void {
    const { other } = this;
    if (this.open && other !== undefined) queueMicrotask(() => other.receive(text));
  }

  onMessage(listener: (text: string) => void): void {
    this.messageListener = listener;
    const { early } = this;
    this.early = [];
    for (const text of early) listener(text);
  }

  onClose(listener: (code: number, reason: string) => void): void {
    this.closeListener = listener;
    if (this.earlyClose !== undefined) listener(...this.earlyClose);
  }

  close(code: number, reason: string): void {
    if (!this.open) return;
    queueMicrotask(() => this.other?.end(code, reason));
    this.end(code, reason);
  }

  breakOff(): void {
    this.other?.end(1006, "");
    this.end(1006, "");
  }

  private receive(text: string): void {
    if (!this.open) return;
    if (this.messageListener === undefined) this.early.push(text);
    else this.messageListener(text);
  }

  private end(code: number, reason: string): void {
    if (!this.open) return;
    this.open = false;
    if (this.closeListener === undefined) this.earlyClose = [code, reason];
    else this.closeListener(code, reason);
  }
}
