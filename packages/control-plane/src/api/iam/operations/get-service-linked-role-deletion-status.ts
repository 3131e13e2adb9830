import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { isDeletionTaskId } from "../roles/service-linked.ts";

/**
 * How far a deletion is: here it was done with the call. Source: IAM API reference,
 * GetServiceLinkedRoleDeletionStatus.
 */
export const getServiceLinkedRoleDeletionStatus: IamOperation<"GetServiceLinkedRoleDeletionStatus"> = async ({
  DeletionTaskId: id = "",
}) => {
  if (!isDeletionTaskId(id)) throw new IamError("NoSuchEntity", `The deletion task ${id} cannot be found.`);
  return { Status: "SUCCEEDED" };
};
