/** How waits between tries grow: doubled (or by `factor`) from `firstMs` to `mostMs`, each up to a fifth longer or shorter. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly factor: number;
}

/** Milliseconds to wait before the next try. @param failures in a row, 1 or more @param random 0…1 */
export function waitMs({ firstMs, mostMs, factor }: BackOff, failures: number, random: number): number {
  const steady = Math.min(mostMs, firstMs * factor ** (failures - 1));
  return Math.round(steady * (0.8 + 0.4 * random));
}

/** Source of the figures: agent protocol, sections 2.2, 2.5, 3.3 and 4.2. */
export const backOffs = {
  register: { firstMs: 3_000, mostMs: 192_000, factor: 2 },
  submit: { firstMs: 1_000, mostMs: 30_000, factor: 1.3 },
  connect: { firstMs: 250, mostMs: 120_000, factor: 1.5 },
  telemetry: { firstMs: 1_000, mostMs: 60_000, factor: 2 },
} as const satisfies Readonly<Record<string, BackOff>>;
