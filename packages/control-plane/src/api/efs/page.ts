import { EfsError } from "./api-error.ts";

/** A part of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/**
 * One page of a list in the order of its ids; a marker names the last of the page before, so what comes and goes between two
 * pages moves nothing. @throws EfsError BadRequest for a marker that is none of ours
 */
export function pageOf<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  { marker, size = 100 }: { readonly marker: string | undefined; readonly size: number | undefined },
): Page<T> {
  const after = marker === undefined ? "" : decodeMarker(marker);
  const rest = items.filter((item) => idOf(item) > after).toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const page = rest.slice(0, Math.min(size, 1000));
  const last = page.at(-1);
  return last === undefined || page.length === rest.length
    ? { items: page }
    : { items: page, next: Buffer.from(idOf(last)).toString("base64url") };
}

function decodeMarker(marker: string): string {
  const id = Buffer.from(marker, "base64url").toString();
  if (!/^fs(mt|ap)?-[0-9a-f]+$/.test(id)) throw new EfsError("BadRequest", "The marker or next token is not valid.");
  return id;
}
