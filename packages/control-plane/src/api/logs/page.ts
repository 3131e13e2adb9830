import { LogsError } from "./api-error.ts";

/** A page of an ordered list: the items after the one whose key the token holds. Tokens are opaque to callers. */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  {
    nextToken,
    limit = 50,
    most = 50,
  }: { readonly nextToken?: string | undefined; readonly limit?: number | undefined; readonly most?: number },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const size = Math.min(limit, most);
  const start = nextToken === undefined ? 0 : items.findIndex((item) => keyOf(item) === readToken(nextToken)) + 1;
  if (nextToken !== undefined && start === 0) throw invalidToken();
  const found = items.slice(start, start + size);
  const last = found.at(-1);
  const more = last !== undefined && start + size < items.length;
  return { items: found, ...(more ? { nextToken: writeToken(keyOf(last)) } : {}) };
}

const invalidToken = () => new LogsError("InvalidParameterException", "The specified nextToken is invalid.");

export const writeToken = (text: string): string => Buffer.from(text).toString("base64url");
/** @throws LogsError if it is none of ours */
export function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (text === "" || writeToken(text) !== token) throw invalidToken();
  return text;
}
