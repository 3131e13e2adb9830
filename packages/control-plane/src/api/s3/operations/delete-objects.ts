import { HttpRefusal } from "../../http/refusal.ts";
import { writeCondition } from "../conditions.ts";
import { xmlAnswer } from "../describe.ts";
import { requireNoVersion } from "../facts.ts";
import { requireBucket } from "../require.ts";
import { malformedXml } from "../s3-error.ts";
import type { S3Operation } from "../s3-request.ts";
import { payload } from "./buckets.ts";

/** What is not there is deleted too. Source: S3 API reference, DeleteObject. */
export const deleteObject: S3Operation = async (request, context) => {
  requireNoVersion(request);
  requireBucket(request, context);
  await context.objects.deleteObjects(request.bucket, [request.key], writeCondition(request));
  return { status: 204 };
};

interface DeletePayload {
  readonly Objects?: readonly { readonly Key?: string; readonly VersionId?: string }[];
  readonly Quiet?: boolean;
}
interface Failed {
  readonly Key: string;
  readonly Code: string;
  readonly Message: string;
}

/** Each key needs its own right, and what is refused of one is told of that one. Source: S3 API reference, DeleteObjects. */
export const deleteObjects: S3Operation = async (request, context) => {
  const { bucket } = request;
  requireBucket(request, context);
  const { Objects = [], Quiet = false } = await payload<DeletePayload>("DeleteObjects", request, context);
  const keys = Objects.map(({ Key }) => Key ?? "");
  if (keys.length === 0 || keys.length > 1000 || keys.includes("")) throw malformedXml();
  const errors: Failed[] = [];
  const allowed = keys.filter((key, index) => {
    const version = Objects[index]?.VersionId;
    if (version !== undefined && version !== "null") {
      errors.push({ Key: key, Code: "NoSuchVersion", Message: "The specified version does not exist." });
      return false;
    }
    try {
      context.requireRight("DeleteObject", { Bucket: bucket, Key: key });
      return true;
    } catch (error) {
      if (!(error instanceof HttpRefusal)) throw error;
      errors.push({ Key: key, Code: "AccessDenied", Message: error.message });
      return false;
    }
  });
  await context.objects.deleteObjects(bucket, allowed);
  return xmlAnswer("DeleteObjects", { Deleted: Quiet ? [] : allowed.map((Key) => ({ Key })), Errors: errors }, context);
};
