import type { ByteConnection } from "../../packages/control-plane/src/sessions/byte-connection.ts";

/** What becomes of a message on its way; `later` puts it behind the one that follows. */
export type Fate = "arrives" | "lost" | "doubled" | "later";

/** A connection without sockets: what is sent waits until `deliver` is called, and then meets its fate. */
export class BytePipe {
  readonly ends: readonly [PipeEnd, PipeEnd];
  private readonly fate: () => Fate;
  private readonly onTheWay: { readonly to: PipeEnd; readonly bytes: Uint8Array }[] = [];
  open = true;

  constructor(fate: () => Fate = () => "arrives") {
    this.fate = fate;
    this.ends = [new PipeEnd(this), new PipeEnd(this)];
  }

  /** Hands over all that waits, and what is sent in answer. @returns whether there was anything */
  deliver(): boolean {
    let any = false;
    while (this.deliverOne()) any = true;
    return any;
  }

  /** @returns whether there was something on the way */
  deliverOne(): boolean {
    const next = this.onTheWay.shift();
    if (next === undefined || !this.open) return false;
    const fate = this.fate();
    if (fate === "lost") return true;
    if (fate === "later" && this.onTheWay.length > 0) {
      this.onTheWay.splice(1, 0, next);
      return true;
    }
    next.to.receive(next.bytes);
    if (fate === "doubled") next.to.receive(next.bytes);
    return true;
  }

  /** What is on the way is lost, and both ends see the close. */
  cut(): void {
    if (!this.open) return;
    this.open = false;
    this.onTheWay.length = 0;
    for (const end of this.ends) end.closed();
  }

  /** As when the process at one end is killed and the other does not hear of it. */
  vanish(): void {
    this.open = false;
    this.onTheWay.length = 0;
  }

  other(end: PipeEnd): PipeEnd | undefined {
    return this.ends.find((each) => each !== end);
  }

  send(from: PipeEnd, bytes: Uint8Array): void {
    const to = this.other(from);
    if (this.open && to !== undefined) this.onTheWay.push({ to, bytes: bytes.slice() });
  }
}

export class PipeEnd implements ByteConnection {
  /** As if so much had not left. */
  bufferedBytes = 0;
  pings = 0;
  /** Whether this end says that it is there when it is asked. */
  answersPings = true;
  closeReason: string | undefined;
  private readonly pipe: BytePipe;
  private early: Uint8Array[] = [];
  private bytesListener: ((bytes: Uint8Array) => void) | undefined;
  private aliveListener = () => {};
  private closeListener = () => {};

  constructor(pipe: BytePipe) {
    this.pipe = pipe;
  }

  send(bytes: Uint8Array): void {
    this.pipe.send(this, bytes);
  }

  ping(): void {
    this.pings += 1;
    if (this.pipe.open && this.pipe.other(this)?.answersPings) this.aliveListener();
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.bytesListener = listener;
    for (const bytes of this.early.splice(0)) listener(bytes);
  }

  onAlive(listener: () => void): void {
    this.aliveListener = listener;
  }

  onClose(listener: () => void): void {
    this.closeListener = listener;
    if (!this.pipe.open) listener();
  }

  close(_code: number, reason: string): void {
    this.closeReason = reason;
    this.pipe.deliver();
    this.pipe.cut();
  }

  receive(bytes: Uint8Array): void {
    if (this.bytesListener === undefined) this.early.push(bytes);
    else this.bytesListener(bytes);
  }

  closed(): void {
    this.closeListener();
  }
}
