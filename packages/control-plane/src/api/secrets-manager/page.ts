import { SecretsError } from "./api-error.ts";

/** Where an item stands in a list: compared member by member, each of one type throughout. No two items have the same. */
export type Position = readonly (string | number)[];

interface PageWish {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

/**
 * A page of a list in the order of its items' positions. A token says where the page before ended, so that what comes and goes
 * between two pages neither repeats nor hides another item. Tokens are opaque to callers.
 * @throws SecretsError InvalidNextTokenException for a token that is none of ours
 */
export function page<T>(
  items: readonly T[],
  positionOf: (item: T) => Position,
  { NextToken, MaxResults = 100 }: PageWish,
  isDescending = false,
): { readonly items: readonly T[]; readonly NextToken?: string } {
  const sign = isDescending ? -1 : 1;
  const after = NextToken === undefined ? undefined : readToken(NextToken);
  const rest = items
    .map((item) => ({ item, position: positionOf(item) }))
    .filter(({ position }) => after === undefined || sign * compare(position, after) > 0)
    .toSorted((a, b) => sign * compare(a.position, b.position));
  const found = rest.slice(0, MaxResults);
  const last = found.at(-1);
  const isMore = last !== undefined && rest.length > found.length;
  return { items: found.map(({ item }) => item), ...(isMore ? { NextToken: writeToken(last.position) } : {}) };
}

function compare(a: Position, b: Position): number {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? "";
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

const writeToken = (position: Position): string => Buffer.from(JSON.stringify(position)).toString("base64url");

function readToken(token: string): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(position) && position.every((each) => ["string", "number"].includes(typeof each))) {
      return position as Position;
    }
  } catch {
    // Said below.
  }
  throw new SecretsError("InvalidNextTokenException", "Invalid token");
}
