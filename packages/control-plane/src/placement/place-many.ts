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

/** So many of the best may be refused before all are asked at once. */
const mostMisses = 16;

/**
 * Chooses where up to `count` equal tasks go, one after another, each seeing what those before it took. The candidates'
 * counts go on with it. Costs one pass over the candidates, and little more for each task; see `Ranking`. Whether a candidate has
 * room costs more than where it stands, so that only the best are asked; where these have none, as in a cluster that is full,
 * all are.
 */
export function placeMany(candidates: readonly Candidate[], count: number, choice: Choice): Placements {
  const { criteria, group, strategies, seed, addressFor } = choice;
  const preference = preferenceOf(strategies, candidates, seed);
  const placements: Placement[] = [];
  const refused = new Map<Candidate, Refusal>();
  const refuse = (on: Candidate, reason: Refusal["reason"]) =>
    refused.set(on, { containerInstanceArn: on.containerInstanceArn, reason });
  const isOpen = (on: Candidate) => {
    const reason = refusalReason(on, criteria);
    if (reason !== undefined) refuse(on, reason);
    return reason === undefined;
  };
  let ranking = new Ranking(candidates, preference);
  let areAllOpen = false;

  while (placements.length < count) {
    const on = ranking.best();
    if (on === undefined) break;
    if (!areAllOpen && !isOpen(on)) {
      areAllOpen = refused.size > mostMisses;
      if (!areAllOpen) ranking.drop(on);
      else
        ranking = new Ranking(
          candidates.filter((other) => !refused.has(other) && isOpen(other)),
          preference,
        );
      continue;
    }
    const address = addressFor?.(on);
    if (addressFor !== undefined && address === undefined) {
      refuse(on, "RESOURCE:ENI");
      ranking.drop(on);
      continue;
    }
    on.take(criteria.demand, group);
    preference.placed(on);
    placements.push(address === undefined ? { on } : { on, address });
    if (isOpen(on)) ranking.moved(on);
    else ranking.drop(on);
  }
  return {
    placements,
    refusals: placements.length < count ? candidates.flatMap((on) => refused.get(on) ?? []) : [],
  };
}
