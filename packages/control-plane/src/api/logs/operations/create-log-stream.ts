import { LogsError } from "../api-error.ts";
import { requireGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** Source: CloudWatch Logs API reference, CreateLogStream. */
export const createLogStream: Operation<"CreateLogStream"> = async (
  { logGroupName, logStreamName = "" },
  { logStore, clock },
) => {
  const group = requireGroup(logStore, { logGroupName });
  if (logStore.stream(group.name, logStreamName) !== undefined) {
    throw new LogsError("ResourceAlreadyExistsException", "The specified log stream already exists");
  }
  await logStore.createStream(group.name, logStreamName, clock.now());
  return {};
};
