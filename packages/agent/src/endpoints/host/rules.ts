/** Where containers ask, and where the agent listens. Source: agent protocol §6.2. */
export const endpointAddress = "169.254.170.2";
export const endpointPort = 51679;

/** One rule of the packet filter. */
export interface Rule {
  readonly table: "nat" | "filter";
  readonly chain: string;
  /** What follows the chain's name. */
  readonly match: readonly string[];
}

const towards = ["-p", "tcp", "-d", endpointAddress, "--dport", "80"] as const;

/**
 * What brings the questions of containers to the agent's port: the second is for containers with a network of their own, the
 * third for those on the host's. The first closes what the second needs open: with `route_localnet` on a bridge, its containers
 * could otherwise reach everything that listens on the host's loopback. Source: agent protocol §6.2, §10.3.
 */
export const endpointRules: readonly Rule[] = [
  {
    table: "filter",
    chain: "INPUT",
    match: "! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP".split(" "),
  },
  {
    table: "nat",
    chain: "PREROUTING",
    match: [...towards, "-j", "DNAT", "--to-destination", `127.0.0.1:${endpointPort}`],
  },
  { table: "nat", chain: "OUTPUT", match: [...towards, "-j", "REDIRECT", "--to-ports", String(endpointPort)] },
];

/** Arguments of iptables. @param act `-C` looks whether it is there, `-I` puts it first, `-D` takes it away */
export const iptablesArguments = (act: "-C" | "-I" | "-D", { table, chain, match }: Rule): readonly string[] => [
  "-w",
  "5",
  "-t",
  table,
  act,
  chain,
  ...match,
];
