export interface ByteRange {
  readonly start: number;
  /** In the range. */
  readonly end: number;
}

/**
 * The one range that a Range header asks for; undefined if it asks for none that is understood, and the whole is to be sent.
 * Source: RFC 9110, section 14.
 */
export function readRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return undefined;
  return start >= size ? "unsatisfiable" : { start, end };
}

/** Where a part of an upload begins, `0-1023`; undefined if it does not say. Source: OCI distribution specification, pushing in chunks. */
export function partStart(header: string | undefined): number | undefined {
  const [, from] = /^(?:bytes )?(\d{1,15})-\d{1,15}(?:\/.*)?$/.exec(header ?? "") ?? [];
  return from === undefined ? undefined : Number(from);
}
