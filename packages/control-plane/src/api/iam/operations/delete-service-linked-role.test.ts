import { expect, test } from "vitest";
import { examplePlace } from "../../../model/examples.ts";
import { roleKey } from "../../../model/role.ts";
import { MemoryStore } from "../../../store/memory-store.ts";
import type { Write } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import type { OperationContext } from "../../operation-context.ts";
import { serviceLinkedRole, serviceLinkedRoles } from "../roles/service-linked.ts";
import { deleteServiceLinkedRole } from "./delete-service-linked-role.ts";

const serviceName = "ecs.amazonaws.com";
const linked = serviceLinkedRoles[serviceName];
if (linked === undefined) throw new Error(`${serviceName} has no role`);
const value = serviceLinkedRole(linked, { serviceName, caller: examplePlace, description: undefined, now: 0 });
const arn = roleKey(value.roleName);

/** A store in which somebody else changes the role just before the first commit. */
class ContestedStore extends MemoryStore {
  #contested = false;

  override async commit(writes: readonly Write[]): Promise<number> {
    if (!this.#contested && writes.some((write) => write.value === null)) {
      this.#contested = true;
      await update(this, "role", arn, (role) => ({ ...role, description: "changed" }));
    }
    return super.commit(writes);
  }
}

test("a service-linked role that is changed at the same time is deleted all the same", async () => {
  const store = new ContestedStore();
  await store.commit([{ kind: "role", arn, expected: 0, value }]);
  await deleteServiceLinkedRole({ RoleName: value.roleName }, { store } as unknown as OperationContext);
  expect(store.snapshot().get("role", arn)).toBeUndefined();
});
