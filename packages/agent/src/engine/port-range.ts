/** Every port of `from-to`, both ends included; none for what is not a range. */
export function portRange(text: string): readonly number[] {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return [];
  return Array.from({ length: Math.max(0, Number(to) - Number(from) + 1) }, (_, step) => Number(from) + step);
}
