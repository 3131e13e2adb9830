import { isOver, type Session } from "../model/session.ts";
import type { Clock } from "../platform/clock.ts";
import { NotFoundError, type Store } from "../store/store.ts";
import { update } from "../store/update.ts";
import { isAdmitted } from "./admission.ts";
import type { Ending } from "./endings.ts";

interface RecordDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Uses up a session's token. @returns undefined if it does not open the session */
export async function admit({ store, clock }: RecordDependencies, sessionId: string, token: string) {
  let admitted: Session | undefined;
  await change(store, sessionId, (session) => {
    admitted = undefined;
    const now = clock.now();
    if (!isAdmitted(session, token, now)) return session;
    const { admission: _used, ...rest } = session;
    admitted = { ...rest, status: "Connected", connectedAt: session.connectedAt ?? now };
    return admitted;
  });
  return admitted;
}

/** What is over stays over, and what is to end does not come back. */
export const writeStatus = (
  { store }: RecordDependencies,
  sessionId: string,
  status: "Connected" | "Disconnected",
): Promise<void> =>
  change(store, sessionId, (session) =>
    isOver(session) || session.status === "Terminating" || session.status === status ? session : { ...session, status },
  );

/** The end, once. */
export const endRecord = (
  { store, clock }: RecordDependencies,
  sessionId: string,
  { status, reason, exitCode }: Ending,
): Promise<void> =>
  change(store, sessionId, (session) => {
    if (isOver(session)) return session;
    const { admission: _useless, ...rest } = session;
    return {
      ...rest,
      status,
      endedAt: clock.now(),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { endReason: reason }),
    };
  });

async function change(store: Store, sessionId: string, how: (session: Session) => Session): Promise<void> {
  try {
    await update(store, "session", sessionId, how);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
