import { createHash } from "node:crypto";
import { activeSessionStatuses, type Session } from "../../model/session.ts";
import type { Snapshot, Write } from "../../store/store.ts";
import type { OperationContext } from "../operation-context.ts";

/** A client has so long to connect with a token. Milliseconds. */
const tokenLifeMs = 60_000;

/** What a caller needs to open a session. */
export interface SessionAccess {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

/** A session that waits for its client, and the way in. */
export function newSession(
  facts: Omit<Session, "status" | "startedAt" | "admission" | "owner">,
  context: OperationContext,
): { readonly write: Write; readonly access: SessionAccess } {
  const now = context.clock.now();
  const { sessionId } = facts;
  const { token, admission } = newAdmission(context);
  const value: Session = { ...facts, owner: context.caller.arn, status: "Connecting", startedAt: now, admission };
  return {
    write: { kind: "session", arn: sessionId, expected: 0, value },
    access: { sessionId, tokenValue: token, streamUrl: streamUrl(sessionId, context) },
  };
}

/** A token for one connection, of which only the hash is kept. */
export function newAdmission({ clock, ids }: Pick<OperationContext, "clock" | "ids">) {
  const token = ids.hex(64);
  const tokenHash = createHash("sha256").update(token).digest("hex");
  return { token, admission: { tokenHash, expiresAt: clock.now() + tokenLifeMs } };
}

/** Where a client connects: the address under which it reached us. */
export function streamUrl(sessionId: string, { calledEndpoint, endpoint }: OperationContext): string {
  const base = (calledEndpoint ?? endpoint).replace(/^http/, "ws").replace(/\/+$/, "");
  return `${base}/v1/data-channel/${sessionId}?role=publish_subscribe`;
}

/** Sessions on the same container, or on the same container instance itself, that are not over. */
export function sessionsAt(snapshot: Snapshot, { target, containerInstanceArn }: Session | NewTarget): number {
  return activeSessionStatuses
    .flatMap((status) => snapshot.list("session", { status, containerInstanceArn }))
    .filter(({ value }) => {
      if (value.target.type === "host" || target.type === "host") return value.target.type === target.type;
      return value.target.taskArn === target.taskArn && value.target.containerName === target.containerName;
    }).length;
}
export type NewTarget = Pick<Session, "target" | "containerInstanceArn">;
