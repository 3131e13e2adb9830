/** A query that cannot be read. The message says why. */
export class BadQuery extends Error {
  override readonly name = "BadQuery";
  /** Characters into the query, from 0. */
  readonly start: number;
  readonly end: number;

  constructor(why: string, start: number, end = start + 1) {
    super(why);
    this.start = start;
    this.end = end;
  }
}
