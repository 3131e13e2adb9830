import { createActivation } from "./operations/create-activation.ts";
import { deleteActivation } from "./operations/delete-activation.ts";
import { deregisterManagedInstance } from "./operations/deregister-managed-instance.ts";
import { describeActivations } from "./operations/describe-activations.ts";
import { describeInstanceInformation } from "./operations/describe-instance-information.ts";
import { registerManagedInstance } from "./operations/register-managed-instance.ts";

/** The operations of Systems Manager that there are; the others are answered as not built. */
export const operations = {
  CreateActivation: createActivation,
  DeleteActivation: deleteActivation,
  DeregisterManagedInstance: deregisterManagedInstance,
  DescribeActivations: describeActivations,
  DescribeInstanceInformation: describeInstanceInformation,
  RegisterManagedInstance: registerManagedInstance,
} satisfies Readonly<Record<string, (input: never, context: never) => Promise<object>>>;
