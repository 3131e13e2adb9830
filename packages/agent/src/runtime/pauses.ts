/** The pause before the second of many looks, in milliseconds. */
const first = 2;

/**
 * Pauses between looks at something that is about to happen, in milliseconds: each twice the one before, so that it is noticed
 * soon after it has happened, and many who wait for long do not keep the engine from what they wait for.
 * @param longest of any pause
 */
export function* pauses(longest: number): Generator<number> {
  for (let pause = first; ; pause = Math.min(2 * pause, longest)) yield Math.min(pause, longest);
}
