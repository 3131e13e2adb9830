import type { Task } from "../../model/task.ts";
import { releasedAttachments, releaseWrites } from "../../placement/commit-placement.ts";
import type { Snapshot, Stored, Write } from "../../store/store.ts";

/**
 * Writes that end a task of which no agent will report the end: it is STOPPED, its containers are, and what it held is
 * free. Why it was stopped stays as it is where it was said before.
 */
export function endTask(
  snapshot: Snapshot,
  { arn, revision, value }: Stored<"task">,
  now: number,
  why: Pick<Task, "stopCode" | "stoppedReason">,
): readonly Write[] {
  return [
    {
      kind: "task",
      arn,
      expected: revision,
      value: {
        ...value,
        ...(value.stopCode === undefined && value.stoppedReason === undefined ? why : {}),
        desiredStatus: "STOPPED",
        lastStatus: "STOPPED",
        containers: value.containers.map((container) => ({ ...container, lastStatus: "STOPPED" })),
        attachments: releasedAttachments(value.attachments),
        stoppingAt: value.stoppingAt ?? now,
        stoppedAt: now,
      },
    },
    ...releaseWrites(snapshot, arn, value),
  ];
}
