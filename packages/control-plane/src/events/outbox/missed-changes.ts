import type { Change, Snapshot, Stored } from "../../store/store.ts";
import type { EventKind } from "../events-of-change.ts";
import type { Seen } from "./outbox-database.ts";

/** A service's event is stored so much after its time at the most, unless the store is very slow. */
const storedWithinMs = 1_000;

/**
 * The changes that came after `seen`, as far as what is there now tells of them: each resource once, however often it changed,
 * in the order of revisions. What they were before is not known, except for a service's events, which have their times: one too many rather than one too few.
 */
export const missedChanges = (snapshot: Snapshot, seen: Seen, kinds: readonly EventKind[]): readonly Change[] =>
  kinds
    .flatMap((kind) => snapshot.list(kind) as readonly Stored[])
    .filter(({ revision }) => revision > seen.revision)
    .map((after) => ({ revision: after.revision, after, ...before(after, seen) }))
    .toSorted((a, b) => a.revision - b.revision);

function before(after: Stored, { revision, at }: Seen): Pick<Change, "before"> {
  if (after.kind !== "serviceEvents") return {};
  const events = after.value.events.filter(({ createdAt }) => createdAt <= at - storedWithinMs);
  return { before: { ...after, revision, value: { ...after.value, events } } };
}
