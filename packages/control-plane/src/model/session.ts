import type { PortProperties, SessionType } from "@hatoba/contract";

/** Where a session leads. */
export type SessionTarget =
  | {
      readonly type: "container";
      readonly clusterArn: string;
      readonly taskArn: string;
      readonly containerName: string;
      readonly runtimeId: string;
    }
  /** The container instance itself. */
  | { readonly type: "host" };

/** In the words of DescribeSessions. Terminated and Failed are final. Source: SSM API reference, Session. */
export const activeSessionStatuses = ["Connecting", "Connected", "Disconnected", "Terminating"] as const;
export type SessionStatus = (typeof activeSessionStatuses)[number] | "Terminated" | "Failed";

/**
 * One session as stored; keyed by its id. It is also the record of who opened what, when and for how long, kept for a month
 * after its end. Made by ExecuteCommand and StartSession; `status` becomes Terminating by TerminateSession; everything else
 * is written by the sessions room. Times are epoch milliseconds.
 */
export interface Session {
  readonly sessionId: string;
  readonly sessionType: SessionType;
  /** As the caller named it: `ecs:CLUSTER_TASK_RUNTIME` or a container instance's id. */
  readonly targetId: string;
  readonly target: SessionTarget;
  readonly containerInstanceArn: string;
  /** The session document; absent for ExecuteCommand. */
  readonly documentName?: string;
  /** The ARN of who opened it. */
  readonly owner: string;
  /** Why, in the words of who opened it. */
  readonly reason?: string;
  /** Absent for a login shell, and for ports. */
  readonly command?: string;
  /** Of a port session. */
  readonly port?: PortProperties;
  /** The log group that its output goes to, as stream `sessionId`. */
  readonly transcriptGroup?: string;
  /** What a client has to show when it connects next; gone once it was shown. */
  readonly admission?: { readonly tokenHash: string; readonly expiresAt: number };
  readonly status: SessionStatus;
  readonly startedAt: number;
  /** When a client was connected for the first time. */
  readonly connectedAt?: number;
  readonly endedAt?: number;
  /** Of the command, if it ended by itself. */
  readonly exitCode?: number;
  /** Why it ended, if not by itself. */
  readonly endReason?: string;
}

export const isOver = ({ status }: Session): boolean => status === "Terminated" || status === "Failed";
