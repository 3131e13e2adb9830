import { invalid } from "./api-error.ts";

/** Source: EventBridge Scheduler API reference: `MaxResults` is 1 to 100. */
const most = 100;

/** A page of a list in the order of its keys. Tokens are opaque to callers. @throws SchedulerError for one that is none of ours */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  {
    NextToken,
    MaxResults = most,
  }: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined },
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const after = NextToken === undefined ? "" : readToken(NextToken);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const found = rest.slice(0, Math.min(MaxResults, most));
  const last = found.at(-1);
  return {
    items: found.map(({ item }) => item),
    ...(last !== undefined && rest.length > found.length ? { NextToken: writeToken(last.key) } : {}),
  };
}

const writeToken = (key: string): string => Buffer.from(key).toString("base64url");

function readToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (key === "" || writeToken(key) !== token) throw invalid("NextToken is not valid.");
  return key;
}
