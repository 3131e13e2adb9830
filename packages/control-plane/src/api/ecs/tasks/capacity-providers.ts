import type { CapacityProviderStrategyItem } from "@aws-sdk/client-ecs";

/**
 * The capacity provider of each of `count` tasks: bases first, then so that the rest is shared out by weight.
 * Source: ECS API reference, CapacityProviderStrategyItem.
 */
export function shareOut(strategy: readonly CapacityProviderStrategyItem[], count: number): readonly string[] {
  const given = strategy.map(({ capacityProvider = "", base = 0, weight = 0 }) => ({
    capacityProvider,
    base,
    weight,
    beyondBase: 0,
  }));
  const chosen = given.flatMap(({ capacityProvider, base }) =>
    Array.from({ length: Math.min(base, count) }, () => capacityProvider),
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
