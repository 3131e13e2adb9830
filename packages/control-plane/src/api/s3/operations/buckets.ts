import { isBucketName } from "../address.ts";
import { readXml } from "../body.ts";
import { ownerOf, xmlAnswer } from "../describe.ts";
import { inspectionOf } from "../inspection.ts";
import { numberIn, requireBucket, requireOwnership } from "../require.ts";
import { noSuchBucket, notImplemented, S3Error } from "../s3-error.ts";
import type { S3Context, S3Operation, S3Request } from "../s3-request.ts";
import { requireTags, tagSet } from "../tags.ts";
import { readPayload, writeLocation } from "../xml.ts";

/** The XML of a request, checked against what goes with it. */
export async function payload<T>(operation: string, request: S3Request, context: S3Context): Promise<T> {
  const inspection = inspectionOf(request);
  const body = await readXml(request, (source) => inspection.through(source));
  const schema = context.schema(operation);
  if (schema === undefined) throw new Error(`no schema of ${operation}`);
  return readPayload<T>(body, schema);
}

/** So buckets are made. Source: S3 user guide, "Default settings for new S3 buckets FAQ". */
const everythingBlocked = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

/** Source: S3 API reference, CreateBucket. */
export const createBucket: S3Operation = async (request, context) => {
  const { bucket: name, headers, body, bucketUrl } = request;
  if (!isBucketName(name)) {
    throw new S3Error("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name });
  }
  if (headers["x-amz-bucket-object-lock-enabled"]?.toLowerCase() === "true") {
    throw notImplemented("Hatoba has no object lock.");
  }
  const acl = headers["x-amz-acl"] ?? "private";
  if (acl !== "private") {
    throw new S3Error(
      "InvalidBucketAclWithObjectOwnership",
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
      400,
    );
  }
  const { region } = context.settings;
  const asked: CreateConfiguration =
    body.length === undefined || body.length === 0 ? {} : await payload("CreateBucket", request, context);
  const constraint = asked.LocationConstraint || "us-east-1";
  if (constraint !== region && asked.LocationConstraint !== undefined) {
    throw new S3Error("InvalidLocationConstraint", "The specified location-constraint is not valid", 400, {
      LocationConstraint: constraint,
    });
  }
  const tags = requireTags(
    (asked.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]),
    50,
  );
  const ownership = headers["x-amz-object-ownership"];
  const made = await context.objects.createBucket({
    name,
    createdAt: context.clock.now(),
    tags,
    publicAccessBlock: everythingBlocked,
    objectOwnership: ownership === undefined ? "BucketOwnerEnforced" : requireOwnership(ownership),
  });
  // Whoever has the bucket already is told so, but in us-east-1, where it is no error.
  if (!made && region !== "us-east-1") {
    throw new S3Error(
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      409,
      { BucketName: name },
    );
  }
  return { headers: { location: bucketUrl.endsWith(`/${name}`) ? `/${name}` : bucketUrl } };
};

interface CreateConfiguration {
  readonly LocationConstraint?: string;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
}

export const deleteBucket: S3Operation = async ({ bucket }, { objects }) => {
  const outcome = await objects.deleteBucket(bucket);
  if (outcome === "notThere") throw noSuchBucket(bucket);
  if (outcome === "notEmpty") {
    throw new S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409, { BucketName: bucket });
  }
  return { status: 204 };
};

export const headBucket: S3Operation = async (request, context) => {
  requireBucket(request, context);
  return { headers: { "content-type": "application/xml", "x-amz-access-point-alias": "false" } };
};

export const listBuckets: S3Operation = async ({ query }, context) => {
  const most = numberIn(query, "max-buckets", { least: 1, most: 10_000, otherwise: 10_000 });
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const found = context.objects.buckets().filter(({ name }) => name.startsWith(prefix) && name > after);
  const page = found.slice(0, most);
  return xmlAnswer(
    "ListBuckets",
    {
      Buckets: page.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: new Date(createdAt),
        ...(query.has("max-buckets") ? { BucketRegion: context.settings.region } : {}),
      })),
      Owner: ownerOf(context),
      ...(page.length < found.length ? { ContinuationToken: page.at(-1)?.name } : {}),
      ...(prefix === "" ? {} : { Prefix: prefix }),
    },
    context,
  );
};

export const getBucketLocation: S3Operation = async (request, context) => {
  requireBucket(request, context);
  return { headers: { "content-type": "application/xml" }, body: writeLocation(context.settings.region) };
};

export const getBucketTagging: S3Operation = async (request, context) => {
  const { tags } = requireBucket(request, context);
  if (Object.keys(tags).length === 0) {
    throw new S3Error("NoSuchTagSet", "The TagSet does not exist", 404, { BucketName: request.bucket });
  }
  return xmlAnswer("GetBucketTagging", { TagSet: tagSet(tags) }, context);
};

export const putBucketTagging: S3Operation = async (request, context) => {
  const { TagSet = [] } = await payload<TagPayload>("PutBucketTagging", request, context);
  const tags = requireTags(
    TagSet.map(({ Key = "", Value = "" }) => [Key, Value]),
    50,
  );
  if (!(await context.objects.changeBucket(request.bucket, (bucket) => ({ ...bucket, tags }))))
    throw noSuchBucket(request.bucket);
  return { status: 204 };
};

export const deleteBucketTagging: S3Operation = async ({ bucket }, { objects }) => {
  if (!(await objects.changeBucket(bucket, (current) => ({ ...current, tags: {} })))) throw noSuchBucket(bucket);
  return { status: 204 };
};

export interface TagPayload {
  readonly TagSet?: readonly { readonly Key?: string; readonly Value?: string }[];
}
