import { isOver, type Session } from "../../../model/session.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import { newAdmission, streamUrl } from "../../sessions/new-session.ts";
import { SsmError } from "../api-error.ts";
import type { Operation } from "../operation.ts";

/**
 * A new token for a client that was cut off; the old one is of no use any more. For a session that is over the answer has no
 * token, by which clients know. Source: Systems Manager API reference, ResumeSession; exec session protocol, section 2.12.
 * @throws SsmError DoesNotExistException for a session that nobody knows
 */
export const resumeSession: Operation<"ResumeSession"> = async ({ SessionId: sessionId = "" }, context) =>
  commitPlan(context.store, (snapshot) => {
    const stored = snapshot.get("session", sessionId);
    if (stored === undefined) throw new SsmError("DoesNotExistException", `There is no session ${sessionId}.`);
    const { kind, arn, revision, value: session } = stored;
    if (isOver(session) || session.status === "Terminating") return { writes: [], result: { SessionId: sessionId } };
    const { token, admission } = newAdmission(context);
    const value: Session = { ...session, admission };
    const result = { SessionId: sessionId, TokenValue: token, StreamUrl: streamUrl(sessionId, context) };
    return { writes: [{ kind, arn, expected: revision, value }], result };
  });
