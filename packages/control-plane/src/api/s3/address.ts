import { isIP } from "node:net";
import { hostNameOf } from "../http/browser-guard.ts";
import { S3Error } from "./s3-error.ts";

/** Where a request goes to. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
  readonly isVirtualHost: boolean;
}

/**
 * The bucket that a Host header names before one of `names`, as `pictures.localhost:4577`; undefined for none.
 * Source: S3 user guide, "Virtual hosting of general purpose buckets".
 */
export function bucketOfHost(host: string | undefined, names: readonly string[]): string | undefined {
  const name = hostNameOf(host ?? "").toLowerCase();
  if (isIP(name) !== 0) return undefined;
  for (const known of names) {
    const own = known.toLowerCase();
    if (!name.endsWith(`.${own}`)) continue;
    const front = name.slice(0, -own.length - 1).replace(/(^|\.)s3$/, "");
    if (front !== "") return front;
  }
  return undefined;
}

/** @param path as sent, percent-encoded @throws S3Error InvalidURI for what is no UTF-8 */
export function addressOf(path: string, hostBucket: string | undefined): Address {
  const rest = path.replace(/^\//, "");
  if (hostBucket !== undefined) return { bucket: hostBucket, key: decoded(rest), isVirtualHost: true };
  const slash = rest.indexOf("/");
  const [bucket, key] = slash < 0 ? [rest, ""] : [rest.slice(0, slash), rest.slice(slash + 1)];
  return { bucket: decoded(bucket), key: decoded(key), isVirtualHost: false };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI.", 400, { URI: text });
  }
}

/** Source: S3 user guide, "General purpose bucket naming rules". */
export function isBucketName(name: string): boolean {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return false;
  if (name.includes("..") || isIP(name) !== 0) return false;
  return !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) && !/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
}

/** Keys have at most so many bytes of UTF-8. @throws S3Error KeyTooLongError */
export function requireKeyLength(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= 1024) return;
  throw new S3Error("KeyTooLongError", "Your key is too long", 400, { MaxSizeAllowed: "1024", Size: String(size) });
}
