import { IamError } from "./api-error.ts";

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}
interface Page {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/**
 * One page of a list, in the order of `keyOf`, which is different for every item; 100 items unless the request says
 * otherwise. Source: IAM API reference, ListRoles. @throws IamError ValidationError for a marker that is none
 */
export function pageOf<T>(
  items: readonly T[],
  { Marker: marker, MaxItems: size = 100 }: PageRequest,
  keyOf: (item: T) => string,
): { readonly items: readonly T[]; readonly page: Page } {
  const after = marker === undefined ? undefined : keyIn(marker);
  const left = items
    .filter((item) => after === undefined || keyOf(item) > after)
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const shown = left.slice(0, size);
  const last = shown.at(-1);
  if (shown.length === left.length || last === undefined) return { items: shown, page: { IsTruncated: false } };
  return { items: shown, page: { IsTruncated: true, Marker: markerFor(keyOf(last)) } };
}

const opening = "after ";
const markerFor = (key: string) => Buffer.from(`${opening}${key}`).toString("base64url");

function keyIn(marker: string): string {
  const text = Buffer.from(marker, "base64url").toString();
  if (!text.startsWith(opening)) throw new IamError("ValidationError", `Invalid Marker: ${marker}`);
  return text.slice(opening.length);
}
