import { LogsError } from "./api-error.ts";

/**
 * A page of a list that is in the order of its keys: the items beyond the key that the token holds, whether or not the item
 * it was taken from is still there. Tokens are opaque to callers. @throws LogsError for a token that is none of ours
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  {
    nextToken,
    limit = 50,
    most = 50,
    descending = false,
  }: {
    readonly nextToken?: string | undefined;
    readonly limit?: number | undefined;
    readonly most?: number;
    readonly descending?: boolean;
  },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const after = nextToken === undefined ? undefined : readToken(nextToken);
  const isBeyond = (key: string) => after === undefined || (descending ? key < after : key > after);
  const first = items.findIndex((item) => isBeyond(keyOf(item)));
  const rest = first === -1 ? [] : items.slice(first);
  const found = rest.slice(0, Math.min(limit, most));
  const last = found.at(-1);
  const more = last !== undefined && rest.length > found.length;
  return { items: found, ...(more ? { nextToken: writeToken(keyOf(last)) } : {}) };
}

/**
 * A page of a list that is in no order: one pass, however long the list is. `key` of an item and of a token is the same text, and `compare`
 * orders as the keys would be. @throws LogsError for a token that is none of ours
 */
export function pageOfUnordered<T>(
  items: readonly T[],
  { keyOf, read, compare }: Ordering<T>,
  { nextToken, limit = 50 }: { readonly nextToken?: string | undefined; readonly limit?: number | undefined },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const after = nextToken === undefined ? undefined : read(readToken(nextToken));
  if (nextToken !== undefined && after === undefined) throw invalidToken();
  const most = Math.min(limit, 50) + 1; // one more shows that there are more
  const found: T[] = [];
  for (const item of items) {
    if (after !== undefined && compare(item, after) <= 0) continue;
    const last = found[most - 1];
    if (last !== undefined && compare(item, last) >= 0) continue;
    let at = found.length;
    while (at > 0 && compare(item, found[at - 1] as T) < 0) at--;
    found.splice(at, 0, item);
    if (found.length > most) found.pop();
  }
  const shown = found.slice(0, most - 1);
  const end = shown.at(-1);
  return { items: shown, ...(found.length === most && end !== undefined ? { nextToken: writeToken(keyOf(end)) } : {}) };
}
export interface Ordering<T> {
  readonly keyOf: (item: T) => string;
  /** What stands where the key's item stood; undefined for what is no key. */
  readonly read: (key: string) => T | undefined;
  readonly compare: (a: T, b: T) => number;
}

const invalidToken = () => new LogsError("InvalidParameterException", "The specified nextToken is invalid.");

const writeToken = (text: string): string => Buffer.from(text).toString("base64url");
function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (text === "" || writeToken(text) !== token) throw invalidToken();
  return text;
}
