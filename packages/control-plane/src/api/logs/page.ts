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

const invalidToken = () => new LogsError("InvalidParameterException", "The specified nextToken is invalid.");

const writeToken = (text: string): string => Buffer.from(text).toString("base64url");
function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (text === "" || writeToken(text) !== token) throw invalidToken();
  return text;
}
