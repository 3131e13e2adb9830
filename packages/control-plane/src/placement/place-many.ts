import type { PlacementStrategy } from "@aws-sdk/client-ecs";
import type { Address } from "./address.ts";
import type { Candidate } from "./candidate.ts";
import { preferenceOf } from "./preference.ts";
import { Ranking } from "./ranking.ts";
import { type Criteria, type Refusal, refusalReason } from "./refusal.ts";

/** Where one task goes; `address` for tasks with a network interface of their own. */
export interface Placement {
  readonly on: Candidate;
  readonly address?: Address;
}

/** `refusals`: why each container instance takes no more; empty if all tasks were placed, or none is there to ask. */
export interface Placements {
  readonly placements: readonly Placement[];
  readonly refusals: readonly Refusal[];
}

/** The choice to make, apart from the candidates themselves. */
export interface Choice {
  readonly criteria: Criteria;
  readonly group: string;
  readonly strategies: readonly PlacementStrategy[];
  /** For the strategy `random`. */
  readonly seed: number;
  /** Gives out an address for one more task on a candidate; absent if the tasks need none. */
  readonly addressFor?: (on: Candidate) => Address | undefined;
}

/**
 * Chooses where up to `count` equal tasks go, one after another, each seeing what those before it took. The candidates'
 * counts go on with it. Costs one pass over the candidates, and little more for each task; see `Ranking`.
 */
export function placeMany(candidates: readonly Candidate[], count: number, choice: Choice): Placements {
  const { criteria, group, strategies, seed, addressFor } = choice;
  const preference = preferenceOf(strategies, candidates, seed);
  const placements: Placement[] = [];
  const refusals: Refusal[] = [];
  const isOpen = (on: Candidate) => {
    const reason = refusalReason(on, criteria);
    if (reason !== undefined) refusals.push({ containerInstanceArn: on.containerInstanceArn, reason });
    return reason === undefined;
  };
  const open = new Ranking(candidates.filter(isOpen), preference);

  while (placements.length < count) {
    const on = open.best();
    if (on === undefined) break;
    const address = addressFor?.(on);
    if (addressFor !== undefined && address === undefined) {
      refusals.push({ containerInstanceArn: on.containerInstanceArn, reason: "RESOURCE:ENI" });
      open.drop(on);
      continue;
    }
    on.take(criteria.demand, group);
    preference.placed(on);
    placements.push(address === undefined ? { on } : { on, address });
    if (isOpen(on)) open.moved(on);
    else open.drop(on);
  }
  return { placements, refusals: placements.length < count ? refusals : [] };
}
