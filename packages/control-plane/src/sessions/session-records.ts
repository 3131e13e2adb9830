import { isOver, type Session } from "../model/session.ts";
import type { Clock } from "../platform/clock.ts";
import { NotFoundError, type Store } from "../store/store.ts";
import { update } from "../store/update.ts";
import { isAdmitted } from "./admission.ts";
import { type Ending, endings } from "./endings.ts";

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
export const endRecord = ({ store, clock }: RecordDependencies, sessionId: string, ending: Ending): Promise<void> =>
  change(store, sessionId, (session) => (isOver(session) ? session : ended(session, ending, clock.now())));

/** The end of a session that no client has opened; one that was opened in the last moment goes on. */
export const endUnopened = ({ store, clock }: RecordDependencies, sessionId: string): Promise<void> =>
  change(store, sessionId, (session) =>
    session.status === "Connecting" ? ended(session, endings.neverOpened, clock.now()) : session,
  );

function ended(session: Session, { status, reason, exitCode }: Ending, now: number): Session {
  const { admission: _useless, ...rest } = session;
  return {
    ...rest,
    status,
    endedAt: now,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { endReason: reason }),
  };
}

async function change(store: Store, sessionId: string, how: (session: Session) => Session): Promise<void> {
  try {
    await update(store, "session", sessionId, how);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
