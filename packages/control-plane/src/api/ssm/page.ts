import { SsmError } from "./api-error.ts";

/**
 * A page of a list, by the key of each item; pages follow the order of the keys, so that what comes and goes between two
 * pages neither repeats nor hides another item. Tokens are opaque to callers.
 * @throws SsmError InvalidNextToken for a token that is none of ours
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { nextToken, size }: { readonly nextToken?: string | undefined; readonly size: number },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const after = nextToken === undefined ? "" : readToken(nextToken);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const found = rest.slice(0, size);
  const last = found.at(-1);
  return {
    items: found.map(({ item }) => item),
    ...(last !== undefined && rest.length > size ? { nextToken: writeToken(last.key) } : {}),
  };
}

const writeToken = (key: string): string => Buffer.from(key).toString("base64url");

function readToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (key === "" || writeToken(key) !== token)
    throw new SsmError("InvalidNextToken", "The specified token isn't valid.");
  return key;
}
