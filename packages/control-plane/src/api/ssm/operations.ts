import { createActivation } from "./operations/create-activation.ts";
import { deleteActivation } from "./operations/delete-activation.ts";
import { deleteParameter, deleteParameters } from "./operations/delete-parameters.ts";
import { deregisterManagedInstance } from "./operations/deregister-managed-instance.ts";
import { describeActivations } from "./operations/describe-activations.ts";
import { describeInstanceInformation } from "./operations/describe-instance-information.ts";
import { describeParameters, getParameterHistory } from "./operations/describe-parameters.ts";
import { describeSessions } from "./operations/describe-sessions.ts";
import { getConnectionStatus } from "./operations/get-connection-status.ts";
import { getParameter, getParameters, getParametersByPath } from "./operations/get-parameters.ts";
import { labelParameterVersion, unlabelParameterVersion } from "./operations/parameter-labels.ts";
import { putParameter } from "./operations/put-parameter.ts";
import { registerManagedInstance } from "./operations/register-managed-instance.ts";
import { addTagsToResource, listTagsForResource, removeTagsFromResource } from "./operations/resource-tags.ts";
import { resumeSession } from "./operations/resume-session.ts";
import { startSession } from "./operations/start-session.ts";
import { terminateSession } from "./operations/terminate-session.ts";

/** The operations of Systems Manager that there are; the others are answered as not built. */
export const operations = {
  AddTagsToResource: addTagsToResource,
  CreateActivation: createActivation,
  DeleteActivation: deleteActivation,
  DeleteParameter: deleteParameter,
  DeleteParameters: deleteParameters,
  DeregisterManagedInstance: deregisterManagedInstance,
  DescribeActivations: describeActivations,
  DescribeInstanceInformation: describeInstanceInformation,
  DescribeParameters: describeParameters,
  DescribeSessions: describeSessions,
  GetConnectionStatus: getConnectionStatus,
  GetParameter: getParameter,
  GetParameterHistory: getParameterHistory,
  GetParameters: getParameters,
  GetParametersByPath: getParametersByPath,
  LabelParameterVersion: labelParameterVersion,
  ListTagsForResource: listTagsForResource,
  PutParameter: putParameter,
  RegisterManagedInstance: registerManagedInstance,
  RemoveTagsFromResource: removeTagsFromResource,
  ResumeSession: resumeSession,
  StartSession: startSession,
  TerminateSession: terminateSession,
  UnlabelParameterVersion: unlabelParameterVersion,
} satisfies Readonly<Record<string, (input: never, context: never) => Promise<object>>>;
