import type { Kind, Resources } from "../../model/resources.ts";
import type { Snapshot, Stored } from "../../store/store.ts";
import { EcsError } from "./api-error.ts";

/** How a list operation pages: what it is asked for and how its items are ordered. */
export interface Paging<T> {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
  /** How many a page has if the caller does not say. 100 unless given. */
  readonly pageSize?: number;
  /** The most a page may have. 100 unless given. */
  readonly limit?: number;
  /** What the token is good for, as `ListTasks CLUSTER-ARN`; a token of another listing is refused. */
  readonly listing: string;
  /** Different for every item; pages follow the order of these texts. */
  readonly keyOf: (item: T) => string;
  readonly descending?: boolean;
}
export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextToken?: string;
}

/**
 * One page of a listing. The token holds the key of the last item given, so what is added or removed between two pages
 * neither repeats nor hides another item. Costs one pass over `items`.
 * @throws EcsError InvalidParameterException for a maxResults out of range and for a token that is not of this listing.
 */
export function paginate<T>(items: Iterable<T>, paging: Paging<T>): Page<T> {
  const size = pageSizeOf(paging);
  const after = paging.nextToken ? keyIn(paging.nextToken, paging.listing) : undefined;
  const precedes = (a: string, b: string) => (paging.descending ? a > b : a < b);

  const best: { readonly key: string; readonly item: T }[] = []; // in order, one more than a page
  for (const item of items) {
    const key = paging.keyOf(item);
    if (after !== undefined && !precedes(after, key)) continue;
    const last = best.at(-1);
    if (best.length > size && last !== undefined && !precedes(key, last.key)) continue;
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = best[middle];
      if (at !== undefined && precedes(at.key, key)) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, { key, item });
    if (best.length > size + 1) best.pop();
  }

  const page = best.slice(0, size);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    ...(best.length > size && last !== undefined ? { nextToken: tokenFor(last.key, paging.listing) } : {}),
  };
}

/** What a listing of stored resources asks of them; see `Snapshot.page`. */
export interface StoredPaging<K extends Kind> {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
  readonly listing: string;
  readonly where: Partial<Resources[K]>;
  readonly accepts?: (value: Resources[K]) => boolean;
}

/**
 * One page of what is stored, in the order of its creation, at the cost of the page. The token holds the place in that order.
 * @throws EcsError as `paginate`
 */
export function pageOfStored<K extends Kind>(snapshot: Snapshot, kind: K, paging: StoredPaging<K>): Page<Stored<K>> {
  const { nextToken, listing, where, accepts } = paging;
  const after = nextToken ? Number(keyIn(nextToken, listing)) : 0;
  if (!Number.isSafeInteger(after)) throw new EcsError("InvalidParameterException", "Invalid token.");
  const { rows, next } = snapshot.page(kind, where, {
    most: pageSizeOf(paging),
    after,
    ...(accepts === undefined ? {} : { accepts }),
  });
  return { items: rows, ...(next === undefined ? {} : { nextToken: tokenFor(String(next), listing) }) };
}

function pageSizeOf({
  maxResults,
  limit = 100,
  pageSize = limit,
}: Pick<Paging<never>, "maxResults" | "limit" | "pageSize">): number {
  if (maxResults === undefined || maxResults === null) return pageSize;
  if (Number.isInteger(maxResults) && maxResults >= 1 && maxResults <= limit) return maxResults;
  throw new EcsError("InvalidParameterException", `maxResults must be between 1 and ${limit}.`);
}

const tokenFor = (key: string, listing: string) => Buffer.from(JSON.stringify([1, listing, key])).toString("base64url");

function keyIn(token: string, listing: string): string {
  const refuse = () => new EcsError("InvalidParameterException", "Invalid token.");
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw refuse();
  }
  if (!Array.isArray(content) || content[0] !== 1 || content[1] !== listing || typeof content[2] !== "string") {
    throw refuse();
  }
  return content[2];
}

/** A number as text whose order is the numbers' order; for keys with revisions in them. Not negative, below 10^10. */
export const sortable = (number: number): string => String(number).padStart(10, "0");
