/** A filter pattern that cannot be read. The message says why and where. */
export class BadFilterPattern extends Error {
  override readonly name = "BadFilterPattern";
  /** Characters into the pattern, from 0. */
  readonly position: number;

  constructor(why: string, position: number) {
    super(`${why} at position ${position}`);
    this.position = position;
  }
}
