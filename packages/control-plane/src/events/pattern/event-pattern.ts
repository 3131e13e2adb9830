/** What a leaf of an event may be. */
export type Scalar = string | number | boolean | null;

/** One alternative of a leaf. `exists: false` asks for nothing to be there; all else for a value that passes. */
export type Matcher = { readonly exists: boolean } | { readonly passes: (value: Scalar) => boolean };

/** A pattern made ready: every field has to match, and one alternative of each `$or`. */
export interface EventPattern {
  readonly fields: ReadonlyMap<string, readonly Matcher[] | EventPattern>;
  readonly choices: readonly (readonly EventPattern[])[];
}

/** The pattern cannot be read; the message says what and where. */
export class BadPattern extends Error {
  override readonly name = "BadPattern";
}
