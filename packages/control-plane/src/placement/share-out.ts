import type { CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";

/**
 * The capacity provider of each of `count` more tasks: bases first, then so that all beyond the bases are shared out by
 * weight. Source: ECS API reference, CapacityProviderStrategyItem.
 * @param known how many tasks each provider has already
 */
export function shareOut(
  strategy: readonly CapacityProviderStrategyItem[],
  count: number,
  known: ReadonlyMap<string, number> = new Map(),
): readonly string[] {
  const given = strategy.map(({ capacityProvider = "", base = 0, weight = 0 }) => {
    const has = known.get(capacityProvider) ?? 0;
    return { capacityProvider, weight, missing: Math.max(0, base - has), beyondBase: Math.max(0, has - base) };
  });
  const chosen = given.flatMap(({ capacityProvider, missing }) =>
    Array.from({ length: Math.min(missing, count) }, () => capacityProvider),
  );
  while (chosen.length < count) {
    const [next] = given
      .filter(({ weight }) => weight > 0)
      .toSorted((a, b) => (a.beyondBase + 1) / a.weight - (b.beyondBase + 1) / b.weight);
    const provider = next ?? given[0];
    if (provider === undefined) break;
    provider.beyondBase += 1;
    chosen.push(provider.capacityProvider);
  }
  return chosen.slice(0, count);
}
