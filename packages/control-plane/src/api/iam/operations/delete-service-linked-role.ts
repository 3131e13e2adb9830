import { commitPlan } from "../../ecs/commit-plan.ts";
import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { isServiceLinked, requireRole } from "../roles/find-role.ts";
import { deletionTaskIdOf } from "../roles/service-linked.ts";

/** Deletes the role of a service, at once. Source: IAM API reference, DeleteServiceLinkedRole. */
export const deleteServiceLinkedRole: IamOperation<"DeleteServiceLinkedRole"> = async (
  { RoleName: roleName },
  { store },
) => {
  return commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireRole(snapshot, roleName);
    if (!isServiceLinked(value)) {
      throw new IamError("NoSuchEntity", `The service-linked role with name ${roleName} cannot be found.`);
    }
    return {
      writes: [{ kind: "role", arn, expected: revision, value: null }],
      result: { DeletionTaskId: deletionTaskIdOf(value) },
    };
  });
};
