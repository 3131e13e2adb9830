import type { Bucket, ObjectFacts } from "../../object-store/object-store.ts";
import { invalidArgument, notImplemented, S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { requireTags } from "./tags.ts";

/** Headers that are kept with an object and given back with it. */
const kept = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
const largestMetadata = 2048;
const encrypted = "x-amz-server-side-encryption";

/** What answers say of an object's encryption. */
export const encryptionHeader = ({ headers }: Pick<ObjectFacts, "headers">): Readonly<Record<string, string>> =>
  headers[encrypted] === undefined ? {} : { [encrypted]: headers[encrypted] };

/**
 * What is to be kept with an object, from the headers that it came with. Source: S3 user guide, "Working with object metadata".
 * @throws S3Error for what is too large, and for what is asked for and not there, as encryption
 */
export function factsOf(
  { headers }: Pick<S3Request, "headers">,
  { encryption }: Pick<Bucket, "encryption">,
): Omit<ObjectFacts, "checksum"> {
  refuseWhatIsNotThere(headers);
  const own = kept.flatMap((name) => {
    const value = name === "content-encoding" ? withoutChunks(headers[name]) : headers[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const metadata = Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith("x-amz-meta-") && value !== undefined ? [[name.slice("x-amz-meta-".length), value] as const] : [],
  );
  const size = metadata.reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value, "latin1"), 0);
  if (size > largestMetadata) {
    throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400, {
      Size: String(size),
      MaxSizeAllowed: String(largestMetadata),
    });
  }
  const tagging = headers["x-amz-tagging"];
  return {
    headers: {
      "content-type": "binary/octet-stream",
      ...Object.fromEntries(own),
      ...(encryption !== undefined || headers[encrypted] !== undefined ? { [encrypted]: "AES256" } : {}),
    },
    metadata: Object.fromEntries(metadata),
    tags: tagging === undefined ? {} : requireTags([...new URLSearchParams(tagging)], 10),
  };
}

/** `aws-chunked` says how a body was sent, and nothing about the object. */
const withoutChunks = (encoding: string | undefined) =>
  encoding
    ?.split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "aws-chunked")
    .join(",");

function refuseWhatIsNotThere(headers: S3Request["headers"]): void {
  const encrypting = Object.keys(headers).find((name) => name.startsWith(`${encrypted}-`));
  if (encrypting !== undefined) throw notImplemented(`Hatoba encrypts no objects itself: ${encrypting} is not taken.`);
  if ((headers[encrypted] ?? "AES256") !== "AES256") {
    throw notImplemented(`Hatoba takes AES256 alone as an object's encryption, not ${headers[encrypted]}.`);
  }
  const storageClass = headers["x-amz-storage-class"] ?? "STANDARD";
  if (storageClass !== "STANDARD") {
    throw new S3Error("InvalidStorageClass", "The storage class you specified is not valid", 400, {
      StorageClassRequested: storageClass,
    });
  }
  const acl = headers["x-amz-acl"] ?? "private";
  const grants = Object.keys(headers).some((name) => name.startsWith("x-amz-grant-"));
  if (grants || (acl !== "private" && acl !== "bucket-owner-full-control")) {
    throw new S3Error("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
  }
  const locking = Object.keys(headers).find((name) => name.startsWith("x-amz-object-lock-"));
  if (locking !== undefined) {
    throw new S3Error("InvalidRequest", "Bucket is missing Object Lock Configuration", 400);
  }
  if (headers["x-amz-website-redirect-location"] !== undefined) {
    throw notImplemented("Hatoba does not serve websites: x-amz-website-redirect-location is not taken.");
  }
}

/** Objects have no versions here but the one that is there. @throws S3Error for another */
export function requireNoVersion({ query }: Pick<S3Request, "query">): void {
  const version = query.get("versionId");
  if (version !== null && version !== "null")
    throw invalidArgument("Invalid version id specified", "versionId", version);
}
