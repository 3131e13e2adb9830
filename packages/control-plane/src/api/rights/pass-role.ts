import { roleArn, roleKey } from "../../model/role.ts";
import type { Right, Scope } from "./right.ts";

/**
 * What it takes to hand a task its roles: iam:PassRole on each. Roles are named by ARN, or by name alone.
 * Source: ECS developer guide, "Grant users permission to pass an IAM role".
 */
export const passRoles = (
  roles: { readonly taskRoleArn?: unknown; readonly executionRoleArn?: unknown },
  scope: Scope,
): Right[] => passing([roles.taskRoleArn, roles.executionRoleArn], "ecs-tasks.amazonaws.com", scope);

/** What it takes to hand ECS itself roles, as those that it makes volumes and instances with. Source: as `passRoles`. */
export const passInfrastructureRoles = (roles: readonly unknown[], scope: Scope): Right[] =>
  passing(roles, "ecs.amazonaws.com", scope);

function passing(roles: readonly unknown[], service: string, { place, snapshot }: Scope): Right[] {
  const named = roles.filter((each): each is string => typeof each === "string" && each !== "");
  return [...new Set(named)].map((role) => ({
    action: "iam:PassRole",
    resource: role.startsWith("arn:") ? role : arnOf(role.replace(/^\//, ""), { place, snapshot }),
    keys: { "iam:PassedToService": service },
  }));
}

/** Of a role of the account by its name, or by path and name. */
const arnOf = (name: string, { place, snapshot }: Scope): string =>
  snapshot.get("role", roleKey(name))?.value.arn ?? roleArn(place, "/", name);
