import { LogsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { checkTags } from "./tags.ts";

/** Source: CloudWatch Logs API reference, CreateLogGroup. What is not built is refused. */
export const createLogGroup: Operation<"CreateLogGroup"> = async (input, { logStore, clock }) => {
  const name = input.logGroupName ?? "";
  if (input.kmsKeyId !== undefined)
    throw new LogsError("InvalidParameterException", "Hatoba does not encrypt log groups with KMS keys yet.");
  if (input.logGroupClass !== undefined && input.logGroupClass !== "STANDARD") {
    throw new LogsError("InvalidParameterException", "Hatoba has log groups of the class STANDARD only.");
  }
  checkTags(input.tags ?? {});
  const made = await logStore.createGroup({
    name,
    createdAt: clock.now(),
    tags: input.tags ?? {},
    ...(input.deletionProtectionEnabled ? { deletionProtected: true } : {}),
  });
  if (!made) throw new LogsError("ResourceAlreadyExistsException", "The specified log group already exists");
  return {};
};
