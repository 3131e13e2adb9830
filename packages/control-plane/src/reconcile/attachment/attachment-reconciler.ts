import { releasedAttachments } from "../../placement/commit-placement.ts";
import type { Change, Snapshot, Store, Write } from "../../store/store.ts";
import type { Next, Reconciler } from "../loop/reconciler.ts";

/** Gives back the network interfaces of tasks that have stopped, whoever saw them stop. Keys are task ARNs. */
export class AttachmentReconciler implements Reconciler {
  readonly name = "attachment";
  private readonly store: Store;

  constructor({ store }: { readonly store: Store }) {
    this.store = store;
  }

  allKeys(snapshot: Snapshot): readonly string[] {
    return snapshot
      .list("networkInterface")
      .map(({ value }) => value.taskArn)
      .filter((arn) => arn !== "" && (snapshot.get("task", arn)?.value.lastStatus ?? "STOPPED") === "STOPPED");
  }

  keysFor({ before, after }: Change): readonly string[] {
    if (before?.kind === "task" && after === undefined && before.value.attachments.length > 0) return [before.arn];
    if (after?.kind !== "task" || after.value.lastStatus !== "STOPPED") return [];
    return after.value.attachments.some(({ status }) => status !== "DELETED") ? [after.arn] : [];
  }

  async reconcile(taskArn: string): Promise<Next> {
    const snapshot = this.store.snapshot();
    const task = snapshot.get("task", taskArn);
    if (task !== undefined && task.value.lastStatus !== "STOPPED") return "when-changed";
    const isReleased = task?.value.attachments.every(({ status }) => status === "DELETED") ?? true;
    const writes: readonly Write[] = [
      ...snapshot
        .list("networkInterface", { taskArn })
        .map(({ kind, arn, revision }): Write => ({ kind, arn, expected: revision, value: null })),
      ...(task === undefined || isReleased
        ? []
        : [
            {
              kind: task.kind,
              arn: task.arn,
              expected: task.revision,
              value: { ...task.value, attachments: releasedAttachments(task.value.attachments) },
            },
          ]),
    ];
    if (writes.length > 0) await this.store.commit(writes);
    return "when-changed";
  }
}
