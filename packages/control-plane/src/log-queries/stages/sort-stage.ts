import { evaluate, type Scope } from "../evaluate.ts";
import type { SortKey } from "../language/ast.ts";
import type { Row } from "../row.ts";
import { naturalOrder } from "../values/natural-order.ts";
import type { Value } from "../values/value.ts";
import { mostHeld, QueryFailure, type Stage } from "./stage.ts";

interface Ranked {
  readonly row: Row;
  readonly values: readonly Value[];
}

/**
 * Hands the rows on in order, when all are there; equals stay as they came, and what has no value comes last.
 * @param most rows that are wanted of it: no others are kept
 */
export function sortStage(keys: readonly SortKey[], most: number, scope: Scope, next: Stage): Stage {
  let held: Ranked[] = [];
  const before = (a: Ranked, b: Ranked): number => {
    for (const [at, { descending }] of keys.entries()) {
      const order = orderOf(a.values[at], b.values[at], descending);
      if (order !== 0) return order;
    }
    return 0;
  };
  return {
    push(row) {
      held.push({ row, values: keys.map(({ of }) => evaluate(of, row, scope)) });
      if (held.length < 2 * most) {
        if (held.length > 2 * mostHeld) throw new QueryFailure(`sort has more than ${2 * mostHeld} rows to sort`);
        return;
      }
      held = held.toSorted(before).slice(0, most);
    },
    end() {
      for (const { row } of held.toSorted(before).slice(0, most)) {
        if (next.isFull) break;
        next.push(row);
      }
      held = [];
      next.end();
    },
    isFull: false,
  };
}

function orderOf(a: Value, b: Value, descending: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return descending ? naturalOrder(b, a) : naturalOrder(a, b);
}
