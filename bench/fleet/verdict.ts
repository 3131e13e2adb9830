import { report } from "../statistics.ts";

/** A measured figure, and what it may be at the most or has to be at the least. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly most?: number;
  readonly least?: number;
}

/** Prints figures beside their limits; exits with 1 in the end if one misses its own. */
export function judge(title: string, figures: readonly Figure[]): void {
  const rows = figures.map(({ what, value, most, least }) => {
    const missed = (most !== undefined && !(value <= most)) || (least !== undefined && !(value >= least));
    if (missed) process.exitCode = 1;
    const limit = most !== undefined ? `at most ${most}` : least !== undefined ? `at least ${least}` : "";
    return { what, value, limit, verdict: limit === "" ? "" : missed ? "MISSED" : "kept" };
  });
  report(title, rows);
}
