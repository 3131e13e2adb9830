import { decodeLinkFrame, encodeLinkFrame, type LinkFrame, linkWindow } from "@hatoba/contract";
import type { ByteConnection } from "./byte-connection.ts";

/** Credit goes back in lumps, so that not every key press costs a frame. */
const creditLump = linkWindow / 8;

/** The control plane's end of a session link: frames both ways, and what each side may still send. */
export class SessionLink {
  private readonly connection: ByteConnection;
  private inputCredit = linkWindow;
  /** What the agent may still send; one that sends more is hung up on, or it could fill the memory. */
  private outputCredit = linkWindow;
  private owed = 0;
  private open = true;

  constructor(
    connection: ByteConnection,
    on: {
      readonly frame: (frame: LinkFrame) => void;
      /** It has closed, and nobody here had closed it. */
      readonly lost: () => void;
      readonly alive: () => void;
    },
  ) {
    this.connection = connection;
    connection.onBytes((bytes) => {
      const frame = decodeLinkFrame(bytes);
      if (!this.open || frame === undefined) return;
      on.alive();
      if (frame.kind === "credit") this.inputCredit += frame.bytes;
      if (frame.kind === "output" || frame.kind === "errorOutput") this.outputCredit -= frame.bytes.length;
      if (this.outputCredit >= 0) return on.frame(frame);
      this.close();
      on.lost();
    });
    connection.onAlive(on.alive);
    connection.onClose(() => {
      if (!this.open) return;
      this.open = false;
      on.lost();
    });
  }

  send(frame: LinkFrame): void {
    if (this.open) this.connection.send(encodeLinkFrame(frame));
  }

  /** @returns false if the agent has not taken enough of what it was sent before */
  sendInput(bytes: Uint8Array): boolean {
    if (bytes.length > this.inputCredit) return false;
    this.inputCredit -= bytes.length;
    this.send({ kind: "input", bytes });
    return true;
  }

  /** So many bytes of output have been taken. */
  giveCredit(bytes: number): void {
    this.owed += bytes;
    this.outputCredit += bytes;
    if (this.owed < creditLump) return;
    this.send({ kind: "credit", bytes: this.owed });
    this.owed = 0;
  }

  ping(): void {
    if (this.open) this.connection.ping();
  }

  /** Ends what runs at the other end, if anything does, and the link with it. */
  close(): void {
    if (!this.open) return;
    this.send({ kind: "terminate" });
    this.open = false;
    this.connection.close(1000, "");
  }
}
