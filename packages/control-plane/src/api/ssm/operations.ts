import { createActivation } from "./operations/create-activation.ts";
import { deleteActivation } from "./operations/delete-activation.ts";
import { deregisterManagedInstance } from "./operations/deregister-managed-instance.ts";
import { describeActivations } from "./operations/describe-activations.ts";
import { describeInstanceInformation } from "./operations/describe-instance-information.ts";
import { describeSessions } from "./operations/describe-sessions.ts";
import { getConnectionStatus } from "./operations/get-connection-status.ts";
import { registerManagedInstance } from "./operations/register-managed-instance.ts";
import { resumeSession } from "./operations/resume-session.ts";
import { startSession } from "./operations/start-session.ts";
import { terminateSession } from "./operations/terminate-session.ts";

/** The operations of Systems Manager that there are; the others are answered as not built. */
export const operations = {
  CreateActivation: createActivation,
  DeleteActivation: deleteActivation,
  DeregisterManagedInstance: deregisterManagedInstance,
  DescribeActivations: describeActivations,
  DescribeInstanceInformation: describeInstanceInformation,
  DescribeSessions: describeSessions,
  GetConnectionStatus: getConnectionStatus,
  RegisterManagedInstance: registerManagedInstance,
  ResumeSession: resumeSession,
  StartSession: startSession,
  TerminateSession: terminateSession,
} satisfies Readonly<Record<string, (input: never, context: never) => Promise<object>>>;
