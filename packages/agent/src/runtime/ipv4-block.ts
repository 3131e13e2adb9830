import { isIPv4 } from "node:net";

/** Addresses from `first` to `last`, both within, as unsigned 32-bit numbers. */
export interface Block {
  readonly first: number;
  readonly last: number;
}

/** The block that a CIDR text stands for (`172.31.0.7/16` → 172.31.0.0 to 172.31.255.255), or undefined if it is none. */
export function blockOf(cidr: string): Block | undefined {
  const [address, bits] = cidr.split("/");
  if (address === undefined || !isIPv4(address) || bits === undefined || !/^(\d|[12]\d|3[0-2])$/.test(bits))
    return undefined;
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1 };
}

/** Whether two blocks have an address in common. */
export function overlap(a: Block, b: Block): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Destinations of the kernel's routing table, without the default route. @param table the text of /proc/net/route. */
export function routesOf(table: string): readonly { readonly name: string; readonly cidr: string }[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.split("\t");
      const [name, destination, mask] = [fields[0], fields[1], fields[7]];
      if (name === undefined || destination === undefined || mask === undefined || mask === "00000000") return [];
      const bits = Number.parseInt(mask, 16).toString(2).replaceAll("0", "").length;
      return [{ name, cidr: `${fromHostOrder(destination)}/${bits}` }];
    });
}

/** The kernel prints addresses as little-endian hex. */
function fromHostOrder(hex: string): string {
  return (hex.match(/../g) ?? [])
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}
