import { lastSegment } from "@hatoba/contract";
import type { Session } from "../model/session.ts";
import type { Snapshot } from "../store/store.ts";

/** Why the target of a session is ending or has ended, for the user to read; undefined if it goes on. */
export function targetEnding(snapshot: Snapshot, { target, containerInstanceArn }: Session): string | undefined {
  if (target.type === "host") {
    const instance = snapshot.get("containerInstance", containerInstanceArn)?.value;
    return instance === undefined || instance.status === "INACTIVE"
      ? "The container instance was deregistered."
      : undefined;
  }
  const task = snapshot.get("task", target.taskArn)?.value;
  if (task === undefined) return "The task is gone.";
  const container = task.containers.find(({ name }) => name === target.containerName);
  const why = task.stoppedReason === undefined ? "" : `: ${task.stoppedReason}`;
  if (task.desiredStatus === "STOPPED" || task.lastStatus === "STOPPED") {
    return `The task ${lastSegment(target.taskArn)} is being stopped${why}`;
  }
  return container?.lastStatus === "STOPPED" ? `The container ${target.containerName} stopped.` : undefined;
}
