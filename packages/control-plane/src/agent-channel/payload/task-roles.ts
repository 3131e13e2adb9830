import { parseArn } from "@hatoba/contract";
import type { TaskRole } from "../../credentials/task-credentials.ts";
import type { Task } from "../../model/task.ts";
import type { TaskDefinition } from "../../model/task-definition.ts";

/**
 * The roles that a task has: those of its task definition, unless it was started with others. A bare name is one of the
 * account's own. Source: ECS API reference, RegisterTaskDefinition `taskRoleArn`, TaskOverride.
 */
export function taskRoles(taskArn: string, task: Task, { registered }: TaskDefinition): readonly TaskRole[] {
  const application = task.overrides.taskRoleArn ?? registered.taskRoleArn;
  const execution = task.overrides.executionRoleArn ?? registered.executionRoleArn;
  const accountId = parseArn(taskArn)?.accountId ?? "";
  const role = (roleType: TaskRole["roleType"], named: string | undefined): readonly TaskRole[] =>
    named ? [{ taskArn, roleType, roleArn: asArn(named, accountId) }] : [];
  return [...role("TaskApplication", application), ...role("TaskExecution", execution)];
}

const asArn = (named: string, accountId: string) =>
  named.startsWith("arn:") ? named : `arn:aws:iam::${accountId}:role/${named.replace(/^\//, "")}`;
