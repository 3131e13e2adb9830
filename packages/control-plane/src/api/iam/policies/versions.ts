import type * as sdk from "@aws-sdk/client-iam";
import type { PolicyVersion } from "../../../model/role.ts";
import { IamError } from "../api-error.ts";
import { documentSize, encodedDocument, requireDocument } from "../documents.ts";
import { shownTime } from "../times.ts";
import type { FoundPolicy } from "./find-policy.ts";

const maxSize = 6144;

/** The document of a managed policy. @throws IamError MalformedPolicyDocument, LimitExceeded above 6,144 characters */
export function requireManagedDocument(text: string | undefined): string {
  const document = requireDocument(text, "identity");
  if (documentSize(document) > maxSize) {
    throw new IamError("LimitExceeded", `Cannot exceed quota for PolicySize: ${maxSize}`);
  }
  return document;
}

/** The versions of a policy, oldest first. */
export const versionsOf = (found: FoundPolicy): readonly PolicyVersion[] =>
  found.by === "aws" ? found.policy.versions : found.stored.value.versions;

export const defaultVersionOf = (found: FoundPolicy): string =>
  found.by === "aws" ? found.policy.defaultVersionId : found.stored.value.defaultVersionId;

/** A version as lists show it; GetPolicyVersion adds the document. */
export const describeVersion = (version: PolicyVersion, defaultVersionId: string): sdk.PolicyVersion => ({
  VersionId: version.versionId,
  IsDefaultVersion: version.versionId === defaultVersionId,
  CreateDate: shownTime(version.createdAt),
});

export const describeVersionWithDocument = (version: PolicyVersion, defaultVersionId: string): sdk.PolicyVersion => ({
  Document: encodedDocument(version.policyDocument),
  ...describeVersion(version, defaultVersionId),
});

/** @throws IamError NoSuchEntity */
export function requireVersion(
  { arn, versions }: { readonly arn: string; readonly versions: readonly PolicyVersion[] },
  versionId = "",
): PolicyVersion {
  const version = versions.find((each) => each.versionId === versionId);
  if (version !== undefined) return version;
  const message = `Policy ${arn} version ${versionId} does not exist or is not attachable.`;
  throw new IamError("NoSuchEntity", message);
}
