import type { Bucket, ObjectOwnership, StoredObject, Upload } from "../../object-store/object-store.ts";
import { invalidArgument, noSuchBucket, noSuchKey, noSuchUpload } from "./s3-error.ts";
import type { S3Context, S3Request } from "./s3-request.ts";

type About = Pick<S3Request, "bucket" | "key" | "query">;

/** @throws S3Error NoSuchBucket */
export function requireBucket({ bucket }: Pick<About, "bucket">, { objects }: Pick<S3Context, "objects">): Bucket {
  const found = objects.bucket(bucket);
  if (found === undefined) throw noSuchBucket(bucket);
  return found;
}

/**
 * Who may not list a bucket is not told what is missing in it. Source: S3 API reference, GetObject, "Permissions".
 * @throws S3Error NoSuchBucket, NoSuchKey; HttpRefusal AccessDenied
 */
export function requireObject(request: About, context: S3Context): StoredObject {
  requireBucket(request, context);
  const found = context.objects.object(request.bucket, request.key);
  if (found !== undefined) return found;
  context.requireRight("ListObjectsV2", { Bucket: request.bucket });
  throw noSuchKey(request.key);
}

/** @throws S3Error NoSuchBucket, NoSuchUpload */
export function requireUpload(request: About, context: S3Context): Upload {
  requireBucket(request, context);
  const id = request.query.get("uploadId") ?? "";
  const upload = context.objects.upload(id);
  if (upload === undefined || upload.bucket !== request.bucket || upload.key !== request.key) throw noSuchUpload(id);
  return upload;
}

/** A number in the query, within bounds. @throws S3Error InvalidArgument */
export function numberIn(
  query: URLSearchParams,
  name: string,
  { least, most, otherwise }: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const text = query.get(name);
  if (text === null || text === "") return otherwise;
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= 2 ** 31 - 1) return Math.min(number, most);
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
}

/** @throws S3Error InvalidArgument */
export function requireOwnership(text: string | undefined): ObjectOwnership {
  if (text === "BucketOwnerEnforced" || text === "BucketOwnerPreferred" || text === "ObjectWriter") return text;
  throw invalidArgument(`Invalid ObjectOwnership: ${text}`, "x-amz-object-ownership", text ?? "");
}
