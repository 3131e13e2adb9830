import { roleArn, roleKey } from "../../model/role.ts";
import type { Right, Scope } from "./right.ts";

/**
 * What it takes to hand a task its roles: iam:PassRole on each. Roles are named by ARN, or by name alone.
 * Source: ECS developer guide, "Grant users permission to pass an IAM role".
 */
export function passRoles(
  roles: { readonly taskRoleArn?: unknown; readonly executionRoleArn?: unknown },
  { place, snapshot }: Scope,
): Right[] {
  const named = [roles.taskRoleArn, roles.executionRoleArn].filter((each) => typeof each === "string" && each !== "");
  return [...new Set(named as string[])].map((role) => ({
    action: "iam:PassRole",
    resource: role.startsWith("arn:") ? role : arnOf(role.replace(/^\//, ""), { place, snapshot }),
    keys: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
  }));
}

/** Of a role of the account by its name, or by path and name. */
const arnOf = (name: string, { place, snapshot }: Scope): string =>
  snapshot.get("role", roleKey(name))?.value.arn ?? roleArn(place, "/", name);
