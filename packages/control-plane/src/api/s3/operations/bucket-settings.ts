import { ownerOf, xmlAnswer } from "../describe.ts";
import { requireBucket } from "../require.ts";
import { notImplemented, S3Error } from "../s3-error.ts";
import type { S3Context, S3Operation } from "../s3-request.ts";
import { payload } from "./buckets.ts";

/** The answer for a bucket that never had such a setting. */
const without =
  (code: string, message: string): S3Operation =>
  async (request, context) => {
    requireBucket(request, context);
    throw new S3Error(code, message, 404, { BucketName: request.bucket });
  };

/** The answer of a setting that says what holds without it. */
const always =
  (operation: string, output: (context: S3Context) => Readonly<Record<string, unknown>>): S3Operation =>
  async (request, context) => {
    requireBucket(request, context);
    return xmlAnswer(operation, output(context), context);
  };

const ownersAcl = (context: S3Context) => {
  const owner = ownerOf(context);
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] };
};

/**
 * What a bucket says of settings that it cannot have here: as one of S3 does that nobody has set them for.
 * Source: S3 API reference, "List of error codes", and each operation's page.
 */
export const bucketSettings = {
  GetBucketAccelerateConfiguration: always("GetBucketAccelerateConfiguration", () => ({})),
  GetBucketAcl: always("GetBucketAcl", ownersAcl),
  GetBucketCors: without("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
  GetBucketLifecycleConfiguration: without(
    "NoSuchLifecycleConfiguration",
    "The lifecycle configuration does not exist",
  ),
  GetBucketLogging: always("GetBucketLogging", () => ({})),
  GetBucketNotificationConfiguration: always("GetBucketNotificationConfiguration", () => ({})),
  GetBucketPolicy: without("NoSuchBucketPolicy", "The bucket policy does not exist"),
  GetBucketPolicyStatus: without("NoSuchBucketPolicy", "The bucket policy does not exist"),
  GetBucketReplication: without("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
  GetBucketRequestPayment: always("GetBucketRequestPayment", () => ({ Payer: "BucketOwner" })),
  GetBucketVersioning: always("GetBucketVersioning", () => ({})),
  GetBucketWebsite: without("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
  GetObjectLockConfiguration: without(
    "ObjectLockConfigurationNotFoundError",
    "Object Lock configuration does not exist for this bucket",
  ),
} as const satisfies Readonly<Record<string, S3Operation>>;

/** Never versioned is what a bucket is; anything else would keep what it does not. @throws S3Error NotImplemented */
export const putBucketVersioning: S3Operation = async (request, context) => {
  requireBucket(request, context);
  const { Status } = await payload<{ Status?: string }>("PutBucketVersioning", request, context);
  throw notImplemented(`Hatoba keeps one version of each object; versioning cannot be ${Status ?? "changed"}.`);
};
