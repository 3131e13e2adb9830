/** How zone ids shorten the parts of a region's name. */
const short: Readonly<Record<string, string>> = {
  gov: "g",
  north: "n",
  south: "s",
  east: "e",
  west: "w",
  central: "c",
  northeast: "ne",
  northwest: "nw",
  southeast: "se",
  southwest: "sw",
};

/** `use1-az1` for `us-east-1a`: the id that a zone has in every account. */
export function zoneIdOf(zone: string): string {
  const region = zone.slice(0, -1);
  const number = zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0) + 1;
  const parts = region.split("-").map((part) => short[part] ?? part);
  return `${parts.join("")}-az${number}`;
}
