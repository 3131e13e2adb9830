import type { Block } from "./block.ts";

/** Whether the messages of a block contain each of these texts somewhere, be it over the edge of two messages. */
export function mayContain(messages: Buffer, needles: readonly Buffer[]): boolean {
  return needles.every((needle) => messages.includes(needle));
}

/** Events whose message contains all the texts, by their place in the block, ascending; all events if there are no texts. */
export function eventsWith(block: Block, needles: readonly Buffer[]): Uint32Array | undefined {
  const [first, ...others] = needles.toSorted((a, b) => b.length - a.length);
  if (first === undefined || first.length === 0) return undefined;
  const { messages, ends } = block;
  const found: number[] = [];
  for (let at = messages.indexOf(first); at !== -1; ) {
    const event = eventAround(ends, at);
    const [start, end] = [event === 0 ? 0 : (ends[event - 1] ?? 0), ends[event] ?? 0];
    if (at + first.length <= end) {
      const message = messages.subarray(start, end);
      if (others.every((other) => message.includes(other))) found.push(event);
      at = messages.indexOf(first, end); // once an event
    } else at = messages.indexOf(first, at + 1);
  }
  return Uint32Array.from(found);
}

/** The event that byte `at` belongs to: the first that ends behind it. */
function eventAround(ends: Uint32Array, at: number): number {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
