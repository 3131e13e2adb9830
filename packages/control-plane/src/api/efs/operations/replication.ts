import { EfsError } from "../api-error.ts";
import { requireFileSystem } from "../find.ts";
import type { Operation } from "../operation.ts";

/** There is none: a house has one region. Terraform asks before it deletes. Source: EFS API reference, DescribeReplicationConfigurations. */
export const describeReplicationConfigurations: Operation<"DescribeReplicationConfigurations"> = async (
  { FileSystemId },
  { store },
) => {
  if (FileSystemId === undefined) return { Replications: [] };
  const { arn } = requireFileSystem(store.snapshot(), FileSystemId);
  throw new EfsError("ReplicationNotFound", `File system '${arn}' has no replication configuration.`);
};

/** Ids are long here, as in all accounts of today. Source: EFS API reference, DescribeAccountPreferences. */
export const describeAccountPreferences: Operation<"DescribeAccountPreferences"> = async () => ({
  ResourceIdPreference: { ResourceIdType: "LONG_ID", Resources: ["FILE_SYSTEM", "MOUNT_TARGET"] },
});
