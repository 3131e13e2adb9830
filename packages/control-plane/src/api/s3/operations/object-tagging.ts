import { xmlAnswer } from "../describe.ts";
import { requireNoVersion } from "../facts.ts";
import { requireObject } from "../require.ts";
import { noSuchKey } from "../s3-error.ts";
import type { S3Operation } from "../s3-request.ts";
import { requireTags, tagSet } from "../tags.ts";
import { payload, type TagPayload } from "./buckets.ts";

/** Source: S3 API reference, GetObjectTagging. */
export const getObjectTagging: S3Operation = async (request, context) => {
  requireNoVersion(request);
  return xmlAnswer("GetObjectTagging", { TagSet: tagSet(requireObject(request, context).tags) }, context);
};

export const putObjectTagging: S3Operation = async (request, context) => {
  requireNoVersion(request);
  requireObject(request, context);
  const { TagSet = [] } = await payload<TagPayload>("PutObjectTagging", request, context);
  const tags = requireTags(
    TagSet.map(({ Key = "", Value = "" }) => [Key, Value]),
    10,
  );
  if (!(await context.objects.tagObject(request.bucket, request.key, tags))) throw noSuchKey(request.key);
  return {};
};

export const deleteObjectTagging: S3Operation = async (request, context) => {
  requireNoVersion(request);
  requireObject(request, context);
  if (!(await context.objects.tagObject(request.bucket, request.key, {}))) throw noSuchKey(request.key);
  return { status: 204 };
};
