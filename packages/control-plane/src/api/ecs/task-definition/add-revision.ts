import { daemonTaskDefinitionArn, type Place, taskDefinitionArn } from "@hatoba/contract";
import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { Snapshot, Store, Stored, Write } from "../../../store/store.ts";
import { type CommitPlan, commitPlan } from "../commit-plan.ts";
import { daemonFamilyKey, familyKey } from "../require.ts";

/** A task definition that has no number yet. */
export type Unnumbered = Omit<TaskDefinition, "revision">;
type Added = Stored<"taskDefinition">;

interface Waiting {
  readonly unnumbered: Unnumbered;
  readonly added: PromiseWithResolvers<Added>;
}

/** By store and family: who waits while a commit of that family is under way. Gone when nobody waits. */
const queues = new WeakMap<Store, Map<string, Waiting[]>>();

/**
 * Stores a task definition under its family's next number. Only one commit can take a family's next number, so all that
 * come while one is under way share the one after it: registrations of one family do not wait for a flush each.
 */
export function addRevision(store: Store, place: Place, unnumbered: Unnumbered): Promise<Added> {
  const families = queues.get(store) ?? new Map<string, Waiting[]>();
  queues.set(store, families);
  const waiting: Waiting = { unnumbered, added: Promise.withResolvers() };
  const queue = families.get(keyOf(unnumbered));
  if (queue !== undefined) queue.push(waiting);
  else void commitAll(store, place, families, waiting);
  return waiting.added.promise;
}

async function commitAll(store: Store, place: Place, families: Map<string, Waiting[]>, first: Waiting): Promise<void> {
  const key = keyOf(first.unnumbered);
  const queue = [first];
  families.set(key, queue);
  while (queue.length > 0) {
    const batch = queue.splice(0);
    try {
      const added = await commitPlan(store, (snapshot) =>
        planRevisions(
          snapshot,
          place,
          batch.map(({ unnumbered }) => unnumbered),
        ),
      );
      for (const [index, stored] of added.entries()) batch[index]?.added.resolve(stored);
    } catch (error) {
      for (const { added } of batch) added.reject(error);
    }
  }
  families.delete(key);
}

/** Families of daemons are counted by themselves. */
const keyOf = ({ family, status }: Unnumbered) => (status === "DAEMON" ? daemonFamilyKey(family) : familyKey(family));

/** The numbers after the family's last one, in order; all are of one family. */
function planRevisions(snapshot: Snapshot, place: Place, all: readonly Unnumbered[]): CommitPlan<readonly Added[]> {
  const [{ family, status } = { family: "" }] = all;
  const key = status === "DAEMON" ? daemonFamilyKey(family) : familyKey(family);
  const arnOf = status === "DAEMON" ? daemonTaskDefinitionArn : taskDefinitionArn;
  const known = snapshot.get("taskDefinitionFamily", key);
  const last = known?.value.lastRevision ?? 0;
  const added = all.map((unnumbered, index): Added => {
    const revision = last + 1 + index;
    const arn = arnOf(place, family, revision);
    return { kind: "taskDefinition", arn, revision: 0, value: { ...unnumbered, revision } };
  });
  const familyWrite: Write = {
    kind: "taskDefinitionFamily",
    arn: key,
    expected: known?.revision ?? 0,
    value: { family, lastRevision: last + all.length },
  };
  return {
    writes: [familyWrite, ...added.map(({ kind, arn, value }): Write => ({ kind, arn, expected: 0, value }))],
    result: added,
  };
}
