import type { Row } from "../row.ts";

/** A step of a query: takes rows, and hands on what comes of them. */
export interface Stage {
  /** @throws QueryFailure if the query cannot go on */
  push(row: Row): void;
  /** No more rows come. */
  end(): void;
  /** Whether nothing that is pushed changes anything any more. */
  readonly isFull: boolean;
}

/** A query cannot go on; the message is for whoever asked. */
export class QueryFailure extends Error {
  override readonly name = "QueryFailure";
}

/** Rows, or groups of rows, that one query holds in memory. */
export const mostHeld = 100_000;
