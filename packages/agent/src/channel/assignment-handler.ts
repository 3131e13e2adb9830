import type { ChannelTask, IAMRoleCredentialsMessage, ManifestEntry } from "@hatoba/contract";

/**
 * Whoever carries assignments out: the engine. Every call may come twice with the same content and must then change
 * nothing. A rejected promise means that the call was not taken: the control plane is not told of success and will ask
 * again, on this connection or the next.
 */
export interface AssignmentHandler {
  /**
   * The tasks of one payload, those wanted STOPPED first. Unknown and RUNNING: a new task. Known: its desired status moves
   * forward, never back. Unknown and STOPPED: reported STOPPED. Raises the stored sequence number to `seqNum` if that is
   * greater. Resolves once all of it is on disk, not when the tasks run.
   */
  assign(tasks: readonly ChannelTask[], seqNum: number): Promise<void>;
  /**
   * Every task that should be here. `outdated` if `timeline` is not greater than the stored sequence number. Otherwise
   * stores `timeline` and proposes what is wanted RUNNING here and is not listed as RUNNING.
   */
  compare(listed: readonly ManifestEntry[], timeline: number): Promise<Comparison>;
  /** Tasks out of a proposal that are really to be stopped. */
  stop(taskArns: readonly string[]): Promise<void>;
}

export type Comparison =
  | { readonly outdated: true }
  | { readonly outdated: false; readonly stopCandidates: readonly { readonly taskArn: string }[] };

/** What is said back for each object of credentials that was taken. */
export interface CredentialsReceipt {
  readonly credentialsId: string;
  /** As it came. */
  readonly expiration: string;
}

/** Whoever keeps the credentials of tasks. */
export interface CredentialsHandler {
  /** Takes what a payload brings. @returns the tasks without secrets, ready to be kept on disk, and a receipt for each object. */
  take(tasks: readonly ChannelTask[]): {
    readonly tasks: readonly ChannelTask[];
    readonly receipts: readonly CredentialsReceipt[];
  };
  /** Takes new credentials of a task. @returns undefined if they are not usable, or the task is not known */
  update(message: IAMRoleCredentialsMessage): CredentialsReceipt | undefined;
}
