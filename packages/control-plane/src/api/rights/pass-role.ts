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
    resource: role.startsWith("arn:")
      ? role
      : (snapshot.get("role", roleKey(role))?.value.arn ?? roleArn(place, "/", role)),
    keys: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
  }));
}
