import type { Listed, ListedPage, Listing } from "./object-store.ts";

/** Keys of one bucket from `from` on (or strictly after it), in the order of their UTF-8 bytes, with what belongs to each. */
export type Scan<T> = (from: { readonly at: Buffer; readonly included: boolean }) => Iterable<readonly [Buffer, T]>;

/**
 * One page of a listing. What has been shown as a common prefix is passed over at once, and not key by key: a page costs as
 * much as it shows. Source: S3 user guide, "Organizing objects using prefixes".
 */
export function listKeys<T>(
  { prefix, delimiter, after, limit }: Omit<Listing, "bucket">,
  scan: Scan<T>,
): ListedPage<T> {
  const begin = Buffer.from(prefix);
  const delimiting = delimiter ? Buffer.from(delimiter) : undefined;
  const entries: Listed<T>[] = [];
  if (limit === 0) return { entries, isTruncated: false };
  let from = startOf(begin, after === undefined ? undefined : Buffer.from(after), delimiting);
  for (;;) {
    let skipTo: Buffer | undefined;
    for (const [key, item] of scan(from)) {
      if (!startsWith(key, begin)) return { entries, isTruncated: false };
      if (entries.length >= limit) return { entries, isTruncated: true };
      const end = delimiting === undefined ? -1 : key.indexOf(delimiting, begin.length);
      if (end < 0 || delimiting === undefined) {
        entries.push({ item });
        continue;
      }
      const common = key.subarray(0, end + delimiting.length);
      entries.push({ commonPrefix: common.toString() });
      skipTo = behindAll(common);
      break;
    }
    if (skipTo === undefined) return { entries, isTruncated: false };
    from = { at: skipTo, included: true };
  }
}

function startOf(
  begin: Buffer,
  after: Buffer | undefined,
  delimiter: Buffer | undefined,
): Parameters<Scan<unknown>>[0] {
  if (after === undefined || Buffer.compare(after, begin) < 0) return { at: begin, included: true };
  // A page that ended with a common prefix goes on behind all that begins with it.
  const isCommonPrefix =
    delimiter !== undefined &&
    startsWith(after, begin) &&
    after.length >= begin.length + delimiter.length &&
    after.indexOf(delimiter, begin.length) === after.length - delimiter.length;
  return isCommonPrefix ? { at: behindAll(after), included: true } : { at: after, included: false };
}

/** No UTF-8 has the byte 0xff, so this comes after every key that begins with `prefix`, and before every other that follows. */
const behindAll = (prefix: Buffer) => Buffer.concat([prefix, Buffer.from([0xff])]);

const startsWith = (key: Buffer, prefix: Buffer) =>
  key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
