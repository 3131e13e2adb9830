import type { LifecyclePolicy } from "@aws-sdk/client-efs";
import { compilePolicy } from "../../../authorization/compile-policy.ts";
import { PolicyError } from "../../../authorization/policy-document.ts";
import { update } from "../../../store/update.ts";
import { EfsError } from "../api-error.ts";
import { requireFileSystem } from "../find.ts";
import type { Operation } from "../operation.ts";

/** Who may mount it and how. Source: EFS API reference, PutFileSystemPolicy. */
export const putFileSystemPolicy: Operation<"PutFileSystemPolicy"> = async (input, { store }) => {
  const { FileSystemId, Policy: policy = "" } = input;
  const { arn } = requireFileSystem(store.snapshot(), FileSystemId);
  requirePolicy(policy);
  await update(store, "fileSystem", arn, (fs) => ({ ...fs, policy }));
  return { FileSystemId: arn, Policy: policy };
};

function requirePolicy(text: string): void {
  try {
    compilePolicy(text, "resource");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new EfsError("InvalidPolicyException", `The file system policy is invalid: ${error.message}`, {
      cause: error,
    });
  }
}

/** Source: EFS API reference, DescribeFileSystemPolicy. */
export const describeFileSystemPolicy: Operation<"DescribeFileSystemPolicy"> = async ({ FileSystemId }, { store }) => {
  const { arn, value } = requireFileSystem(store.snapshot(), FileSystemId);
  if (value.policy !== undefined) return { FileSystemId: arn, Policy: value.policy };
  throw new EfsError("PolicyNotFound", `File system '${arn}' does not have a policy.`);
};

/** No error if there is none. Source: EFS API reference, DeleteFileSystemPolicy. */
export const deleteFileSystemPolicy: Operation<"DeleteFileSystemPolicy"> = async ({ FileSystemId }, { store }) => {
  const { arn } = requireFileSystem(store.snapshot(), FileSystemId);
  await update(store, "fileSystem", arn, ({ policy: _gone, ...fs }) => fs);
  return {};
};

/** Kept and shown: nothing here backs up by itself. Source: EFS API reference, PutBackupPolicy. */
export const putBackupPolicy: Operation<"PutBackupPolicy"> = async ({ FileSystemId, BackupPolicy }, { store }) => {
  const { arn } = requireFileSystem(store.snapshot(), FileSystemId);
  const backups = BackupPolicy?.Status === "ENABLED" || BackupPolicy?.Status === "ENABLING";
  await update(store, "fileSystem", arn, (fs) => ({ ...fs, backups }));
  return { BackupPolicy: { Status: backups ? "ENABLED" : "DISABLED" } };
};

/** Source: EFS API reference, DescribeBackupPolicy. */
export const describeBackupPolicy: Operation<"DescribeBackupPolicy"> = async ({ FileSystemId }, { store }) => {
  const { backups } = requireFileSystem(store.snapshot(), FileSystemId).value;
  return { BackupPolicy: { Status: backups ? "ENABLED" : "DISABLED" } };
};

/** Kept and shown: here there is one class of storage. Source: EFS API reference, PutLifecycleConfiguration. */
export const putLifecycleConfiguration: Operation<"PutLifecycleConfiguration"> = async (input, { store }) => {
  const { FileSystemId, LifecyclePolicies = [] } = input;
  const { arn } = requireFileSystem(store.snapshot(), FileSystemId);
  const lifecyclePolicies = LifecyclePolicies.map(onlyTransition);
  const members = lifecyclePolicies.flatMap((policy) => Object.keys(policy));
  if (new Set(members).size < members.length) {
    throw new EfsError(
      "BadRequest",
      "One or more LifecyclePolicy objects specified are malformed: a transition is given twice.",
    );
  }
  await update(store, "fileSystem", arn, (fs) => ({ ...fs, lifecyclePolicies }));
  return { LifecyclePolicies: lifecyclePolicies as LifecyclePolicy[] };
};

/** Each policy is one transition. */
function onlyTransition(policy: LifecyclePolicy): Readonly<Record<string, string>> {
  const given = Object.entries(policy).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  if (given.length === 1) return Object.fromEntries(given);
  throw new EfsError(
    "BadRequest",
    "One or more LifecyclePolicy objects specified are malformed: each has one transition.",
  );
}

/** Source: EFS API reference, DescribeLifecycleConfiguration. */
export const describeLifecycleConfiguration: Operation<"DescribeLifecycleConfiguration"> = async (
  { FileSystemId },
  { store },
) => ({
  LifecyclePolicies: [
    ...requireFileSystem(store.snapshot(), FileSystemId).value.lifecyclePolicies,
  ] as LifecyclePolicy[],
});
