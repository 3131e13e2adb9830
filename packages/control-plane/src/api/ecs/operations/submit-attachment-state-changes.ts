import { lastSegment } from "@hatoba/contract";
import type { Task } from "../../../model/task.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { applyStateChange } from "../tasks/apply-state-change.ts";

/**
 * Takes in that network interfaces are there. What is not known (any more) is acknowledged all the same.
 * Source: agent protocol, "Other calls".
 */
export const submitAttachmentStateChanges: Operation<"SubmitAttachmentStateChanges"> = async (
  { attachments = [] },
  { store, clock },
) => {
  const attached = attachments.flatMap(({ attachmentArn, status }) =>
    status === "ATTACHED" && attachmentArn !== undefined ? [attachmentArn] : [],
  );
  await commitPlan(store, (snapshot) => {
    const tasks = new Map(attached.flatMap((arn) => holders(snapshot, arn)).map((task) => [task.arn, task]));
    const writes = [...tasks.values()].flatMap(({ kind, arn, revision, value }): readonly Write[] => {
      const after: Task = applyStateChange(value, { containers: [], attached }, clock.now());
      return after === value ? [] : [{ kind, arn, expected: revision, value: after }];
    });
    return { writes, result: undefined };
  });
  return { acknowledgment: "ACCEPTED" };
};

/** The task that an attachment belongs to; none or one. */
const holders = (snapshot: Snapshot, attachmentArn: string): readonly Stored<"task">[] =>
  snapshot
    .list("networkInterface", { attachmentId: lastSegment(attachmentArn) })
    .flatMap(({ value }) => snapshot.get("task", value.taskArn) ?? []);
