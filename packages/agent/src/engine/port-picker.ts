/** The kernel's usual range of dynamic ports. Source: agent protocol §1.2, ECS_DYNAMIC_HOST_PORT_RANGE. */
const linuxPorts = { from: 32_768, to: 60_999 } as const;

/**
 * Picks host ports for ranges of container ports, from the dynamic range round and round, so that a port that was
 * used is not used again soon. Single ports are picked by the container engine, which knows what is free.
 * @param range both ends included
 * @param inUse asked at every pick, of any protocol; where no gap is long enough, the engine is left to refuse
 * @returns a function that picks so many in a row and gives the first
 */
export function portPicker(
  range: { readonly from: number; readonly to: number } = linuxPorts,
  inUse: () => ReadonlySet<number> = () => new Set(),
): (length: number) => number {
  let next = range.from;
  return (length) => {
    const taken = inUse();
    const last = range.to - length + 1;
    const first = gapFrom(next, last, length, taken) ?? gapFrom(range.from, last, length, taken) ?? range.from;
    next = first + length;
    return first;
  };
}

/** The first of `length` ports in a row that are not taken; at `from` or above, and not above `last`. */
function gapFrom(from: number, last: number, length: number, taken: ReadonlySet<number>): number | undefined {
  let first = from;
  for (let port = from; first <= last; port += 1) {
    if (taken.has(port)) first = port + 1;
    else if (port - first + 1 === length) return first;
  }
  return undefined;
}
