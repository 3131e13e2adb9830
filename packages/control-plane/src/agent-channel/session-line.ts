import type { ChannelFrame } from "@hatoba/contract";

/** Whose session it is; both ARNs stand in most messages. */
export interface SessionInstance {
  readonly clusterArn: string;
  readonly containerInstanceArn: string;
}

/** What the parts of a session speak through. After its end nothing is sent and nothing called back. */
export interface SessionLine {
  readonly instance: SessionInstance;
  /** So much is on its way that the agent does not read: more has to wait. */
  isFull(): boolean;
  send(frame: ChannelFrame): void;
  later(milliseconds: number, callback: () => void): void;
}

/** What was not acknowledged is sent again; milliseconds. */
export const resendAfter = 20_000;
/** How long whoever finds the line full waits before looking again; milliseconds. */
export const drainCheckEvery = 1_000;
