import type { Condition, StoredObject } from "../../object-store/object-store.ts";
import { noSuchKey, notImplemented, preconditionFailed } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

const isNamed = (list: string, etag: string) =>
  list
    .split(",")
    .map((each) =>
      each
        .trim()
        .replace(/^W\//, "")
        .replace(/^"(.*)"$/, "$1"),
    )
    .some((each) => each === "*" || each === etag);

/** Dates of HTTP have no parts of seconds. */
const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000) * 1000;

/**
 * Whether an object is to be sent at all. Source: RFC 9110, section 13.2.2; S3 API reference, GetObject.
 * @param prefix of the headers, for sources of copies @throws S3Error PreconditionFailed
 */
export function isUnchanged({ etag, modifiedAt }: StoredObject, headers: S3Request["headers"], prefix = ""): boolean {
  const header = (name: string) => headers[`${prefix}if-${name}`];
  const [match, noneMatch, since, unmodified] = ["match", "none-match", "modified-since", "unmodified-since"].map(
    header,
  );
  const time = seconds(modifiedAt);
  if (match !== undefined) {
    if (!isNamed(match, etag)) throw preconditionFailed("If-Match");
  } else if (unmodified !== undefined && time > Date.parse(unmodified)) throw preconditionFailed("If-Unmodified-Since");
  if (noneMatch !== undefined) return isNamed(noneMatch, etag);
  return since !== undefined && time <= Date.parse(since);
}

/**
 * What has to be true for a change, asked when it is made. Source: S3 user guide, "Add preconditions to S3 operations with
 * conditional requests". @throws S3Error NotImplemented for what is not asked that way
 */
export function writeCondition({ headers, key }: Pick<S3Request, "headers" | "key">): Condition | undefined {
  const [match, noneMatch] = [headers["if-match"], headers["if-none-match"]];
  if (noneMatch !== undefined && noneMatch !== "*") {
    throw notImplemented("A header you provided implies functionality that is not implemented");
  }
  if (match === undefined && noneMatch === undefined) return undefined;
  return (current) => {
    if (noneMatch !== undefined && current !== undefined) throw preconditionFailed("If-None-Match");
    if (match === undefined) return;
    if (current === undefined) throw noSuchKey(key);
    if (!isNamed(match, current.etag)) throw preconditionFailed("If-Match");
  };
}
