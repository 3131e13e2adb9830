import type { Listed } from "../../../object-store/object-store.ts";
import { listedAs, ownerOf, xmlAnswer } from "../describe.ts";
import { numberIn, requireBucket } from "../require.ts";
import { invalidArgument } from "../s3-error.ts";
import type { S3Operation, S3Request } from "../s3-request.ts";

const pageSize = { least: 0, most: 1000, otherwise: 1000 };

/** Keys as S3 encodes them for `encoding-type=url`: as in a form, with slashes left alone. */
const urlEncoded = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (sign) => (sign === "*" ? sign : `%${sign.charCodeAt(0).toString(16).toUpperCase()}`))
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");

/** How keys are to be written. @throws S3Error InvalidArgument */
export function encodingOf({ query }: Pick<S3Request, "query">) {
  const type = query.get("encoding-type");
  if (type !== null && type !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", type);
  }
  return {
    encode: (text: string) => (type === null ? text : urlEncoded(text)),
    member: type === null ? {} : { EncodingType: type },
  };
}

export const commonPrefixesOf = (entries: readonly Listed<unknown>[], encode: (text: string) => string) =>
  entries.flatMap((entry) => ("commonPrefix" in entry ? [{ Prefix: encode(entry.commonPrefix) }] : []));

/** What the next page comes after. */
export const endOf = <T extends { readonly key: string }>(entries: readonly Listed<T>[]): string | undefined => {
  const last = entries.at(-1);
  return last && ("commonPrefix" in last ? last.commonPrefix : last.item.key);
};

/** Source: S3 API reference, ListObjectsV2. */
export const listObjectsV2: S3Operation = async (request, context) => {
  const { bucket, query } = request;
  requireBucket(request, context);
  const { encode, member } = encodingOf(request);
  const limit = numberIn(query, "max-keys", pageSize);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after") ?? "";
  const after = token === null ? startAfter : readToken(token);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const page = context.objects.list({ bucket, prefix, delimiter, limit, ...(after === "" ? {} : { after }) });
  const end = endOf(page.entries);
  const owner = query.get("fetch-owner") === "true" ? { Owner: ownerOf(context) } : {};
  return xmlAnswer(
    "ListObjectsV2",
    {
      Name: bucket,
      Prefix: encode(prefix),
      ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
      MaxKeys: limit,
      ...member,
      KeyCount: page.entries.length,
      IsTruncated: page.isTruncated,
      ...(token === null ? {} : { ContinuationToken: token }),
      ...(page.isTruncated && end !== undefined
        ? { NextContinuationToken: Buffer.from(end).toString("base64url") }
        : {}),
      ...(startAfter === "" ? {} : { StartAfter: encode(startAfter) }),
      Contents: page.entries.flatMap((entry) =>
        "item" in entry ? [{ ...listedAs(entry.item, encode), ...owner }] : [],
      ),
      CommonPrefixes: commonPrefixesOf(page.entries, encode),
    },
    context,
  );
};

function readToken(token: string): string {
  if (/^[\w-]+$/.test(token)) return Buffer.from(token, "base64url").toString();
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

/** Source: S3 API reference, ListObjects. */
export const listObjects: S3Operation = async (request, context) => {
  const { bucket, query } = request;
  requireBucket(request, context);
  const { encode, member } = encodingOf(request);
  const limit = numberIn(query, "max-keys", pageSize);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const after = query.get("marker") ?? "";
  const page = context.objects.list({ bucket, prefix, delimiter, limit, ...(after === "" ? {} : { after }) });
  const end = endOf(page.entries);
  return xmlAnswer(
    "ListObjects",
    {
      Name: bucket,
      Prefix: encode(prefix),
      Marker: encode(after),
      ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
      MaxKeys: limit,
      ...member,
      IsTruncated: page.isTruncated,
      // Without a delimiter the last key says it. Source: S3 API reference, NextMarker.
      ...(page.isTruncated && end !== undefined && delimiter !== "" ? { NextMarker: encode(end) } : {}),
      Contents: page.entries.flatMap((entry) =>
        "item" in entry ? [{ ...listedAs(entry.item, encode), Owner: ownerOf(context) }] : [],
      ),
      CommonPrefixes: commonPrefixesOf(page.entries, encode),
    },
    context,
  );
};

/** A bucket without versions has of each object the one that is called null. Source: S3 API reference, ListObjectVersions. */
export const listObjectVersions: S3Operation = async (request, context) => {
  const { bucket, query } = request;
  requireBucket(request, context);
  const { encode, member } = encodingOf(request);
  const limit = numberIn(query, "max-keys", pageSize);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const after = query.get("key-marker") ?? "";
  const page = context.objects.list({ bucket, prefix, delimiter, limit, ...(after === "" ? {} : { after }) });
  const end = endOf(page.entries);
  return xmlAnswer(
    "ListObjectVersions",
    {
      Name: bucket,
      Prefix: encode(prefix),
      KeyMarker: encode(after),
      ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
      MaxKeys: limit,
      ...member,
      IsTruncated: page.isTruncated,
      ...(page.isTruncated && end !== undefined ? { NextKeyMarker: encode(end), NextVersionIdMarker: "null" } : {}),
      Versions: page.entries.flatMap((entry) =>
        "item" in entry
          ? [{ ...listedAs(entry.item, encode), VersionId: "null", IsLatest: true, Owner: ownerOf(context) }]
          : [],
      ),
      CommonPrefixes: commonPrefixesOf(page.entries, encode),
    },
    context,
  );
};
