import { requireGroup, requireStream } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** With all events in it. */
export const deleteLogStream: Operation<"DeleteLogStream"> = async ({ logGroupName, logStreamName }, { logStore }) => {
  const group = requireGroup(logStore, logGroupName);
  const { name } = requireStream(logStore, group.name, logStreamName);
  await logStore.deleteStream(group.name, name);
  return {};
};
