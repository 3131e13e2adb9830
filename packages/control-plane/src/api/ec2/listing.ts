import type { Filter } from "@aws-sdk/client-ec2";
import { ApiError } from "../api-error.ts";
import { compileFilters, type Filterable } from "./filters.ts";

/** How one kind of thing is listed. */
export interface Listing<T> {
  /** As in its ids: `vpc`. */
  readonly prefix: string;
  /** The errors for an id that is none, and for one of nothing. */
  readonly malformed: string;
  readonly notFound: string;
  /** As sentences name it: `The vpc ID`. */
  readonly subject: string;
  /** The request's member for ids, as errors name it: `vpcIds`. */
  readonly idsMember: string;
  readonly idOf: (item: T) => string;
  /** Pages follow the order of these texts; different for every item. */
  readonly keyOf: (item: T) => string;
  readonly filters: Filterable<T>;
}

export interface ListRequest {
  readonly ids: readonly string[] | undefined;
  readonly Filters?: readonly Filter[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
  readonly DryRun?: boolean | undefined;
}

/**
 * The items that a Describe call asks for, and the token of the next page if there is one.
 * @throws ApiError for an id that is none or of nothing, an unknown filter, a token that is none, and for DryRun
 */
export function listItems<T extends object>(
  items: readonly T[],
  request: ListRequest,
  listing: Listing<T>,
): { readonly items: T[]; readonly NextToken?: string } {
  const { ids = [], MaxResults: size, NextToken: token } = request;
  requireNoDryRun(request);
  if (ids.length > 0 && size !== undefined) {
    const message = `The parameter ${listing.idsMember} cannot be used with the parameter maxResults`;
    throw new ApiError("InvalidParameterCombination", message);
  }
  requireIds(ids, items, listing);
  const passes = compileFilters(request.Filters, listing.filters);
  const after = token === undefined ? undefined : keyIn(token, listing);
  const { idOf, keyOf } = listing;
  const left = items
    .filter((item) => (ids.length === 0 || ids.includes(idOf(item))) && passes(item))
    .filter((item) => after === undefined || keyOf(item) > after)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = left.slice(0, size);
  const last = page.at(-1);
  return { items: page, ...(page.length < left.length && last ? { NextToken: tokenFor(keyOf(last), listing) } : {}) };
}

/** DryRun asks whether the call would be allowed, which it is. @throws ApiError DryRunOperation */
export function requireNoDryRun({ DryRun: dryRun }: Pick<ListRequest, "DryRun">): void {
  if (dryRun !== true) return;
  const message = "Request would have succeeded, but DryRun flag is set.";
  throw new ApiError("DryRunOperation", message, { statusCode: 412 });
}

function requireIds<T>(
  ids: readonly string[],
  items: readonly T[],
  { prefix, malformed: malformedName, notFound, subject, idOf }: Listing<T>,
): void {
  const malformed = ids.find((id) => !new RegExp(`^${prefix}-[0-9a-f]{1,17}$`).test(id));
  if (malformed !== undefined) {
    throw new ApiError(malformedName, `Invalid id: "${malformed}" (expecting "${prefix}-...")`);
  }
  const known = new Set(items.map(idOf));
  const unknown = ids.filter((id) => !known.has(id));
  const [first] = unknown;
  if (first === undefined) return;
  const message =
    unknown.length === 1 ? `${subject} '${first}' does not exist` : `${subject}s '${unknown.join(", ")}' do not exist`;
  throw new ApiError(notFound, message);
}

const tokenFor = <T>(key: string, { prefix }: Listing<T>) =>
  Buffer.from(JSON.stringify([prefix, key])).toString("base64url");

function keyIn<T>(token: string, { prefix }: Listing<T>): string {
  try {
    const [kind, key] = JSON.parse(Buffer.from(token, "base64url").toString()) as unknown[];
    if (kind === prefix && typeof key === "string") return key;
  } catch {
    // said below
  }
  throw new ApiError("InvalidNextToken", "The token given is not one of this listing.");
}
