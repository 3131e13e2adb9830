import type { PlacementStrategy } from "@aws-sdk/client-ecs";
import type { Candidate } from "./candidate.ts";

/** One thing to prefer by: the candidate with the lesser rank is the better one. */
interface Criterion {
  rank(on: Candidate): number;
  /** Told when a task went to a candidate, before the next rank is asked for. */
  placed(on: Candidate): void;
  /** Candidates of one value always have one rank; without it a rank is a candidate's own, and changes only with its tasks. */
  sharedValue?(on: Candidate): string | undefined;
}

/** Compares candidates by a placement strategy while tasks are being placed. */
export interface Preference {
  compare(a: Candidate, b: Candidate): number;
  placed(on: Candidate): void;
  /** Two candidates with one text here, or none, keep their order until a task is placed on one of them. */
  sharedBy(on: Candidate): string | undefined;
}

/**
 * What ECS does for services that name no strategy, and Hatoba for all tasks: over the zones, there to the instance with
 * the fewest tasks of the same group. Source: ECS developer guide, "Amazon ECS service parameters".
 */
const defaultStrategies: readonly PlacementStrategy[] = [
  { type: "spread", field: "attribute:ecs.availability-zone" },
  { type: "spread", field: "instanceId" },
];

/**
 * Compares by each strategy in order; then by the number of tasks of any kind, then by ARN, so that the choice repeats.
 * @param seed makes `random` repeatable
 */
export function preferenceOf(
  strategies: readonly PlacementStrategy[],
  candidates: readonly Candidate[],
  seed: number,
): Preference {
  const stated = strategies.length === 0 ? defaultStrategies : strategies;
  const criteria = [...stated.map((strategy) => criterionOf(strategy, candidates, seed)), fewestTasks];
  const shared = criteria.filter((criterion) => criterion.sharedValue !== undefined);
  return {
    compare(a, b) {
      for (const criterion of criteria) {
        const difference = criterion.rank(a) - criterion.rank(b);
        if (difference !== 0) return difference;
      }
      return a.containerInstanceArn < b.containerInstanceArn ? -1 : 1;
    },
    placed(on) {
      for (const criterion of criteria) criterion.placed(on);
    },
    sharedBy: (on) =>
      shared.length < 2
        ? shared[0]?.sharedValue?.(on)
        : JSON.stringify(shared.map((criterion) => criterion.sharedValue?.(on) ?? null)),
  };
}

const ignore = () => undefined;
const fewestTasks: Criterion = { rank: ({ tasks }) => tasks, placed: ignore };
const fewestOfGroup: Criterion = { rank: ({ groupTasks }) => groupTasks, placed: ignore };

function criterionOf(
  { type, field = "" }: PlacementStrategy,
  candidates: readonly Candidate[],
  seed: number,
): Criterion {
  if (type === "random") return shuffled(candidates, seed);
  if (type === "binpack") {
    const resource = field.toLowerCase() === "cpu" ? "cpu" : "memory";
    return { rank: ({ remaining }) => remaining[resource], placed: ignore };
  }
  return field.startsWith("attribute:") ? spread(field.slice("attribute:".length), candidates) : fewestOfGroup;
}

/** Counts the group's tasks by an attribute's value; instances that do not have it stand together. */
function spread(attribute: string, candidates: readonly Candidate[]): Criterion {
  const sharedValue = (on: Candidate) => on.attribute(attribute);
  const counts = new Map<string | undefined, number>();
  const count = (on: Candidate, tasks: number) => {
    const value = sharedValue(on);
    counts.set(value, (counts.get(value) ?? 0) + tasks);
  };
  for (const candidate of candidates) count(candidate, candidate.groupTasks);
  return { rank: (on) => counts.get(sharedValue(on)) ?? 0, placed: (on) => count(on, 1), sharedValue };
}

function shuffled(candidates: readonly Candidate[], seed: number): Criterion {
  let state = seed >>> 0;
  const next = () => {
    // A step of mulberry32: small, and even enough to scatter tasks.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const ranks = new Map(candidates.map((candidate) => [candidate, next()]));
  return { rank: (on) => ranks.get(on) ?? 0, placed: (on) => void ranks.set(on, next()) };
}
