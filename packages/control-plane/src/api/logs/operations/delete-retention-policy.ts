import { requireGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** From now on the group keeps its events. */
export const deleteRetentionPolicy: Operation<"DeleteRetentionPolicy"> = async ({ logGroupName }, { logStore }) => {
  const { name } = requireGroup(logStore, logGroupName);
  await logStore.updateGroup(name, (group) => {
    const { retentionDays: _gone, ...rest } = group;
    return rest;
  });
  return {};
};
