import { LogsError } from "../api-error.ts";
import { requireGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { deleteRecordsOfGroup } from "../records.ts";

/** With all streams and events in it, and its filters. Source: CloudWatch Logs API reference, DeleteLogGroup. */
export const deleteLogGroup: Operation<"DeleteLogGroup"> = async ({ logGroupName }, { store, logStore }) => {
  const { name, deletionProtected } = requireGroup(logStore, logGroupName);
  if (deletionProtected) {
    throw new LogsError(
      "InvalidOperationException",
      "The specified log group has deletion protection enabled. Disable it before deleting the log group.",
    );
  }
  await deleteRecordsOfGroup(store, name);
  await logStore.deleteGroup(name);
  return {};
};
