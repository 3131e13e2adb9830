import type { LinkFrame } from "@hatoba/contract";
import type { SessionLink } from "../channel/session-link.ts";

/** A link without a socket, seen from the control plane's end. */
export class FakeLink implements SessionLink {
  /** What the agent sent, in order. */
  readonly frames: LinkFrame[] = [];
  isClosed = false;
  #onFrame: (frame: LinkFrame) => void = () => undefined;
  #onClose: () => void = () => undefined;
  #wake: (() => void)[] = [];

  send(frame: LinkFrame): void {
    if (this.isClosed) return;
    this.frames.push(frame);
    for (const wake of this.#wake.splice(0)) wake();
  }

  onFrame(listener: (frame: LinkFrame) => void): void {
    this.#onFrame = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#onClose();
  }

  /** The control plane says something. */
  say(frame: LinkFrame): void {
    this.#onFrame(frame);
  }

  /** The first frame of a kind, once it has come. */
  async frame<K extends LinkFrame["kind"]>(kind: K): Promise<Extract<LinkFrame, { kind: K }>> {
    for (;;) {
      const found = this.frames.find((frame) => frame.kind === kind);
      if (found !== undefined) return found as Extract<LinkFrame, { kind: K }>;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** All bytes of a kind so far. */
  bytes(kind: "output" | "errorOutput"): Buffer {
    return Buffer.concat(this.frames.flatMap((frame) => (frame.kind === kind ? [frame.bytes] : [])));
  }
}
