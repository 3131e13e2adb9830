import { decodeLinkFrame, encodeLinkFrame, type LinkFrame } from "@hatoba/contract";
import type { Clock } from "../platform/clock.ts";
import type { Signer } from "./signer.ts";
import { type ByteConnection, openByteSocket } from "./socket.ts";

/** The agent's end of the link that carries one session. Source of the rules: contract, session-link/frames.ts. */
export interface SessionLink {
  /** After the link has closed, nothing happens. */
  send(frame: LinkFrame): void;
  /** Once; frames that came before are handed over at once. */
  onFrame(listener: (frame: LinkFrame) => void): void;
  /** Once; called as well if it is closed already. */
  onClose(listener: () => void): void;
  /** Closes once what was sent has gone out. */
  close(): void;
}

/** Opens the link that a message of the control plane asks for. */
export type OpenLink = (sessionId: string, token: string) => Promise<SessionLink>;

export interface LinkToOpen {
  /** Of the agent channel, as `http://127.0.0.1:4577/acs`; sessions have theirs beside it. */
  readonly endpoint: string;
  readonly sessionId: string;
  readonly token: string;
  readonly containerInstanceArn: string;
  readonly signer: Signer;
  readonly clock: Clock;
}

/** So often a link is tried, and so long, in milliseconds, apart: somebody waits for it. */
const tries = 3;
const againMs = 500;

/** @throws HandshakeError */
export async function openSessionLink(link: LinkToOpen): Promise<SessionLink> {
  const { endpoint, sessionId, token, containerInstanceArn, signer, clock } = link;
  for (let left = tries - 1; ; left--) {
    try {
      const parameters = { sessionId, token, containerInstanceArn };
      return linkOver(await openByteSocket(`${endpoint.replace(/\/acs\/?$/, "")}/sessions`, parameters, signer));
    } catch (error) {
      if (left === 0) throw error;
      await new Promise<void>((resolve) => clock.after(againMs, resolve));
    }
  }
}

/** What is no frame is left aside. */
const linkOver = (connection: ByteConnection): SessionLink => ({
  send: (frame) => connection.send(encodeLinkFrame(frame)),
  onFrame: (listener) =>
    connection.onMessage((bytes) => {
      const frame = decodeLinkFrame(bytes);
      if (frame !== undefined) listener(frame);
    }),
  onClose: (listener) => connection.onClose(listener),
  close: () => connection.close(),
});
