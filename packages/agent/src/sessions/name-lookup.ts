/** What a container's own files say of names. */
export interface Names {
  /** Text of `/etc/hosts`. */
  readonly hosts: string;
  /** Text of `/etc/resolv.conf`. */
  readonly resolvConf: string;
}

/** How a name is to be looked up. */
export interface NamePlan {
  /** Addresses that need no asking, in order. */
  readonly addresses: readonly string[];
  /** Otherwise: names to ask for, in order. */
  readonly questions: readonly string[];
  /** And whom. */
  readonly servers: readonly string[];
}

/** Looks a name up as a program in the container would: the hosts file first, then its name servers. Source: resolv.conf(5) */
export function planLookup(name: string, { hosts, resolvConf }: Names): NamePlan {
  const known = lines(hosts).filter(([, ...names]) => names.includes(name));
  const addresses = known.map(([address = ""]) => address);
  if (addresses.length > 0) return { addresses, questions: [], servers: [] };
  if (name === "localhost") return { addresses: ["127.0.0.1", "::1"], questions: [], servers: [] };
  const settings = lines(resolvConf);
  const servers = settings.flatMap(([keyword, server]) => (keyword === "nameserver" && server ? [server] : []));
  const domains = settings.findLast(([keyword]) => keyword === "search")?.slice(1) ?? [];
  const within = name.endsWith(".") ? [] : domains.map((domain) => `${name}.${domain}`);
  const questions = name.includes(".") ? [name, ...within] : [...within, name];
  return { addresses: [], questions, servers };
}

const lines = (text: string): readonly (readonly string[])[] =>
  text
    .split("\n")
    .map((line) =>
      line
        .replace(/[#;].*$/, "")
        .trim()
        .split(/\s+/),
    )
    .filter(([first]) => first !== "");
