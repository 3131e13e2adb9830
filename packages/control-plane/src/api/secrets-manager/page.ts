import { SecretsError } from "./api-error.ts";

/**
 * A page of a list that is in order already, by the key of each item. Tokens are opaque to callers.
 * @throws SecretsError InvalidNextTokenException for a token that is none of ours
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  {
    NextToken,
    MaxResults = 100,
  }: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined },
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const after = NextToken === undefined ? undefined : readToken(NextToken);
  const at = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  // What the token names is gone: begin behind nothing, as a list that was changed in between.
  const found = items.slice(at, at + MaxResults);
  const last = found.at(-1);
  const isMore = items.length > at + found.length;
  return { items: found, ...(last !== undefined && isMore ? { NextToken: writeToken(keyOf(last)) } : {}) };
}

const writeToken = (key: string): string => Buffer.from(key).toString("base64url");

function readToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (key === "" || writeToken(key) !== token) throw new SecretsError("InvalidNextTokenException", "Invalid token");
  return key;
}
