import { commitPlan } from "../../ecs/commit-plan.ts";
import { newSession, sessionsAt } from "../../sessions/new-session.ts";
import { SsmError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { readDocument } from "../sessions/session-document.ts";
import { findTarget, notConnected } from "../sessions/session-target.ts";

/**
 * Opens a session to a container of a task or to a container instance itself: a shell, a command, or a forwarded port.
 * Source: Systems Manager API reference, StartSession.
 * @throws SsmError TargetNotConnected, InvalidDocument, InvalidParameters, ValidationException
 */
export const startSession: Operation<"StartSession"> = async (input, context) => {
  const { store, ids, caller, settings } = context;
  const { Target: targetId = "", DocumentName: documentName, Reason: reason } = input;
  const documented = readDocument(documentName, input.Parameters);
  return commitPlan(store, (snapshot) => {
    const found = findTarget(snapshot, targetId, caller);
    if (found === undefined || !found.isConnected) throw notConnected(targetId, found?.obstacle);
    const { target, containerInstanceArn } = found;
    const already = sessionsAt(snapshot, found);
    if (already >= settings.sessions.perTarget) {
      throw new SsmError(
        "ValidationException",
        `${targetId} has ${already} sessions already, which is the most it may have.`,
      );
    }
    const { write, access } = newSession(
      {
        ...documented,
        target,
        targetId,
        containerInstanceArn,
        sessionId: `${sessionOwner(caller.arn)}-${ids.hex(17)}`,
        ...(documentName === undefined ? {} : { documentName }),
        ...(reason === undefined ? {} : { reason }),
      },
      context,
    );
    const { sessionId, tokenValue, streamUrl } = access;
    return { writes: [write], result: { SessionId: sessionId, TokenValue: tokenValue, StreamUrl: streamUrl } };
  });
};

/** Session ids begin with who opened them. */
const sessionOwner = (arn: string): string => (arn.split(/[:/]/).at(-1) ?? "").replaceAll(/[^\w.-]/g, "").slice(0, 64);
