import { IamError } from "../api-error.ts";
import type { IamOperation } from "../operation.ts";
import { addRole } from "../roles/add-role.ts";
import { describeRole } from "../roles/describe-role.ts";
import { serviceLinkedRole, serviceLinkedRoles } from "../roles/service-linked.ts";

/**
 * Makes the role that a service uses for its own work. Services here need none, so that it is there for clients that
 * want to see it. Source: IAM API reference, CreateServiceLinkedRole.
 */
export const createServiceLinkedRole: IamOperation<"CreateServiceLinkedRole"> = async (
  input,
  { store, clock, caller },
) => {
  const { AWSServiceName: serviceName = "", CustomSuffix: suffix } = input;
  const known = serviceLinkedRoles[serviceName];
  if (known === undefined) {
    throw new IamError("InvalidInput", `Service-linked roles of ${serviceName} are not known here.`);
  }
  if (suffix !== undefined) {
    throw new IamError("InvalidInput", `Custom suffix is not allowed for ${serviceName}`);
  }
  const role = serviceLinkedRole(known, { serviceName, caller, description: input.Description, now: clock.now() });
  try {
    await addRole(store, role);
  } catch (error) {
    if (!(error instanceof IamError)) throw error;
    const message = `Service role name ${role.roleName} has been taken in this account, please try a different suffix.`;
    throw new IamError("InvalidInput", message, { cause: error });
  }
  return { Role: describeRole(role) };
};
