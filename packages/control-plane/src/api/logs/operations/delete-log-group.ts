import { requireGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** With all streams and events in it. */
export const deleteLogGroup: Operation<"DeleteLogGroup"> = async ({ logGroupName }, { logStore }) => {
  const { name } = requireGroup(logStore, logGroupName);
  await logStore.deleteGroup(name);
  return {};
};
