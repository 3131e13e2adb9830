import { groupNameOf, requireGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** Source: CloudWatch Logs API reference, PutLogGroupDeletionProtection. */
export const putLogGroupDeletionProtection: Operation<"PutLogGroupDeletionProtection"> = async (
  { logGroupIdentifier = "", deletionProtectionEnabled = false },
  { logStore, caller },
) => {
  const { name } = requireGroup(logStore, groupNameOf(logGroupIdentifier, caller));
  await logStore.updateGroup(name, ({ deletionProtected: _before, ...group }) =>
    deletionProtectionEnabled ? { ...group, deletionProtected: true } : group,
  );
  return {};
};
