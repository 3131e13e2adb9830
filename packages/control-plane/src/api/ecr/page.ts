import { EcrError } from "./api-error.ts";

/** Source: ECR API reference: `maxResults` is 1 to 1000, and 100 if absent. */
const usual = 100;

/** A page of a list in the order of its keys. Tokens are opaque to callers. @throws EcrError for one that is none of ours */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  {
    nextToken,
    maxResults = usual,
  }: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const after = nextToken === undefined ? "" : readToken(nextToken);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const found = rest.slice(0, maxResults);
  const last = found.at(-1);
  return {
    items: found.map(({ item }) => item),
    ...(last !== undefined && rest.length > found.length ? { nextToken: writeToken(last.key) } : {}),
  };
}

const writeToken = (key: string): string => Buffer.from(key).toString("base64url");

function readToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (key !== "" && writeToken(key) === token) return key;
  throw new EcrError(
    "InvalidParameterException",
    "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'",
  );
}
