/** The kernel's usual range of dynamic ports. Source: agent protocol §1.2, ECS_DYNAMIC_HOST_PORT_RANGE. */
const linuxPorts = { from: 32_768, to: 60_999 } as const;

/**
 * Picks host ports for ranges of container ports, from the dynamic range round and round, so that a port that was
 * used is not used again soon. Single ports are picked by the container engine, which knows what is free.
 * @param range both ends included
 * @returns a function that picks so many in a row and gives the first
 */
export function portPicker(
  range: { readonly from: number; readonly to: number } = linuxPorts,
): (length: number) => number {
  let next = range.from;
  return (length) => {
    if (next + length - 1 > range.to) next = range.from;
    const first = next;
    next += length;
    return first;
  };
}
