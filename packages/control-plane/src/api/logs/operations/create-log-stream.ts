import { LogsError } from "../api-error.ts";
import { requireGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** Source: CloudWatch Logs API reference, CreateLogStream. */
export const createLogStream: Operation<"CreateLogStream"> = async (
  { logGroupName, logStreamName = "" },
  { logStore, clock },
) => {
  const group = requireGroup(logStore, logGroupName);
  const made = await logStore.createStream(group.name, logStreamName, clock.now());
  if (!made) throw new LogsError("ResourceAlreadyExistsException", "The specified log stream already exists");
  return {};
};
