import { ecsService } from "../ecs/service.ts";
import { HttpRefusal } from "../http/refusal.ts";
import type { Caller } from "../operation-context.ts";
import type { RoleRights } from "../rights/role-rights.ts";

/**
 * Watching needs `hatoba:Watch` on `*`. The account's root has it, sessions of roles by their policies, machines never.
 * @throws HttpRefusal AccessDeniedException
 */
export function requireWatchRight(caller: Caller, rights: Pick<RoleRights, "requireRight">): void {
  if (caller.machine !== undefined) {
    const message = `User: ${caller.arn} is not authorized to perform: hatoba:Watch`;
    throw new HttpRefusal({ name: "AccessDeniedException", message, status: 400 });
  }
  const service = { ...ecsService, signingName: "hatoba" };
  rights.requireRight({ caller, service, operation: "Watch", input: {}, details: { requestId: "", endpoint: "" } });
}
