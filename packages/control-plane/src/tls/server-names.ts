import { isIP } from "node:net";

/** What a server's certificate is for. */
export interface ServerNames {
  /** Host names, and each name or address once more with the port behind it. */
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

export interface NamedServer {
  readonly host: string;
  readonly port: number;
  /** URL that agents are told to connect to. */
  readonly advertise?: string;
  /** Further names and addresses by which callers reach the server. */
  readonly more: readonly string[];
  /** What the machine is called, and the addresses that it has: for a server that listens on all of them. */
  readonly machine: { readonly hostName: string; readonly addresses: readonly string[] };
}

/**
 * The names that a server answers to. `localhost` and 127.0.0.1 are always among them. The agent of AWS checks a socket's
 * certificate for HOST:PORT, literally, as a host name: so each name stands there once more with each port.
 * Source: agent protocol, section 1.5.
 */
export function serverNames({ host, port, advertise, more, machine }: NamedServer): ServerNames {
  const advertised = advertise === undefined ? undefined : new URL(advertise);
  const everywhere = ["0.0.0.0", "::"].includes(host) ? [machine.hostName, ...machine.addresses] : [host];
  const told = advertised === undefined ? [] : [bare(advertised.hostname)];
  const names = [...new Set(["localhost", "127.0.0.1", ...everywhere, ...told, ...more].filter((name) => name !== ""))];
  const defaultPort = advertised?.protocol === "https:" ? 443 : 80;
  const ports = [port, ...(advertised === undefined ? [] : [Number(advertised.port) || defaultPort])].filter(Boolean);
  const withPorts = names.flatMap((name) => [...new Set(ports)].map((each) => `${bracketed(name)}:${each}`));
  return {
    dns: [...names.filter((name) => isIP(name) === 0), ...withPorts].toSorted(),
    ip: names.filter((name) => isIP(name) !== 0).toSorted(),
  };
}

const bare = (host: string) => host.replace(/^\[(.*)\]$/, "$1");
const bracketed = (name: string) => (isIP(name) === 6 ? `[${name}]` : name);
