import { copySource } from "./operations/copy-object.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

/** What rights are asked about, of a call. */
export function rightsInput(operation: string, request: S3Request): Readonly<Record<string, unknown>> {
  const { bucket, key, query, headers } = request;
  const member = (name: string, value: string | null | undefined) => (value ? { [name]: value } : {});
  return {
    ...member("Bucket", bucket),
    ...member("Key", key),
    ...member("Prefix", query.get("prefix")),
    ...member("Delimiter", query.get("delimiter")),
    ...member("Tagging", headers["x-amz-tagging"]),
    ...(operation === "CopyObject" || operation === "UploadPartCopy" ? sourceOf(request) : {}),
  };
}

/** One that cannot be read is the operation's to refuse. */
function sourceOf({ headers }: S3Request): Readonly<Record<string, string>> {
  try {
    const { bucket, key } = copySource(headers["x-amz-copy-source"]);
    return { SourceBucket: bucket, SourceKey: key };
  } catch (error) {
    if (error instanceof S3Error) return {};
    throw error;
  }
}
