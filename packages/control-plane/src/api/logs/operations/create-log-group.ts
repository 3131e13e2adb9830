import { LogsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";

/** Source: CloudWatch Logs API reference, CreateLogGroup. Keys and classes other than STANDARD are not kept. */
export const createLogGroup: Operation<"CreateLogGroup"> = async (input, { logStore, clock }) => {
  const name = input.logGroupName ?? "";
  if (input.kmsKeyId !== undefined)
    throw new LogsError("InvalidParameterException", "Hatoba does not encrypt log groups with KMS keys yet.");
  const made = await logStore.createGroup({ name, createdAt: clock.now(), tags: input.tags ?? {} });
  if (!made) throw new LogsError("ResourceAlreadyExistsException", "The specified log group already exists");
  return {};
};
