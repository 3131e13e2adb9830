import type { OperationName } from "./operation.ts";

/**
 * Members that agents send and the SDK's schema does not have: the front door hands them on to the operation as they
 * stand, if they are strings. `clientToken` makes a repeated registration the same one.
 */
export const extraMembers: Partial<Record<OperationName, readonly string[]>> = {
  RegisterContainerInstance: ["clientToken"],
};
