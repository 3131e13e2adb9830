import { isOver, type Session } from "../../../model/session.ts";
import { commitPlan } from "../../ecs/commit-plan.ts";
import type { Operation } from "../operation.ts";

/**
 * Asks for the end of a session; its client is told, and its program ended. One that is over, or that nobody knows, is fine
 * as it is. Source: Systems Manager API reference, TerminateSession.
 */
export const terminateSession: Operation<"TerminateSession"> = async ({ SessionId: sessionId = "" }, { store }) =>
  commitPlan(store, (snapshot) => {
    const stored = snapshot.get("session", sessionId);
    const result = { SessionId: sessionId };
    if (stored === undefined || isOver(stored.value)) return { writes: [], result };
    const { kind, arn, revision, value } = stored;
    const ending: Session = { ...value, status: "Terminating" };
    return { writes: [{ kind, arn, expected: revision, value: ending }], result };
  });
