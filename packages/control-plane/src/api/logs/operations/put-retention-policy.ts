import { LogsError } from "../api-error.ts";
import { requireGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

/** Source: CloudWatch Logs API reference, PutRetentionPolicy. */
const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** How many days a group keeps its events. */
export const putRetentionPolicy: Operation<"PutRetentionPolicy"> = async (
  { logGroupName, retentionInDays = 0 },
  { logStore },
) => {
  const group = requireGroup(logStore, logGroupName);
  if (!days.includes(retentionInDays)) {
    throw new LogsError(
      "InvalidParameterException",
      `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${days.join(", ")}]`,
    );
  }
  await logStore.updateGroup(group.name, (current) => ({ ...current, retentionDays: retentionInDays }));
  return {};
};
