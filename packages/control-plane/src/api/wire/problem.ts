/** What is wrong with an input, and where. */
export interface Problem {
  readonly kind: "unreadable" | "type" | "missing" | "enum" | "range" | "length" | "pattern";
  /** Members from the outside in; list positions count from 1. Empty for the input as a whole. */
  readonly path: readonly (string | number)[];
  /** One clause that says what is demanded, as `Member must not be null`. */
  readonly demand: string;
  /** The value as text, if it can be shown. */
  readonly value?: string;
  /** The allowed values, for `enum`. */
  readonly allowed?: readonly string[];
}

/** The input breaks its schema. Each service words this in its own way. */
export class BadInput extends Error {
  override readonly name = "BadInput";
  readonly problems: readonly [Problem, ...Problem[]];
  constructor(problems: readonly [Problem, ...Problem[]], options?: ErrorOptions) {
    super(problems[0].demand, options);
    this.problems = problems;
  }
}
