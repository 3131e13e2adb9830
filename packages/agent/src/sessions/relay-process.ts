import { promises as dns } from "node:dns";
import { connect, isIP, type Socket } from "node:net";
import { type Names, planLookup } from "./name-lookup.ts";
import { relayMany, relayOne } from "./relay.ts";

// A process of its own, so that it can live in a container's network namespace: its standard streams are the session, and
// on standard error it says, a line each, `ready`, `refused` (one connection of many) or `failed WHY`.

/** The one argument, as JSON. */
export interface RelayOrder {
  readonly host: string;
  readonly port: number;
  readonly multiplexed: boolean;
  /** Absent: names are looked up as on this machine. */
  readonly names?: Names;
}

/** Longest for one try to connect, in milliseconds. */
const connectMs = 10_000;

const order = JSON.parse(process.argv[2] ?? "{}") as RelayOrder;
const say = (line: string) => void process.stderr.write(`${line}\n`);
const relay = { input: process.stdin, output: process.stdout, connect: () => connectTo(order) };
process.stdout.on("error", () => process.exit(0)); // nobody is there any more

try {
  if (order.multiplexed) {
    say("ready");
    await relayMany(relay, () => say("refused"));
  } else {
    await relayOne(relay, () => say("ready"));
  }
  process.stdout.end(() => process.exit(0));
} catch (error) {
  say(`failed ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function connectTo({ host, port, names }: RelayOrder): Promise<Socket> {
  let first: unknown;
  for (const address of await addressesOf(host, names)) {
    try {
      return await dial(address, port);
    } catch (error) {
      first ??= error;
    }
  }
  throw first ?? new Error(`no address for ${host}`);
}

async function addressesOf(host: string, names: Names | undefined): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  if (names === undefined) return (await dns.lookup(host, { all: true })).map(({ address }) => address);
  const { addresses, questions, servers } = planLookup(host, names);
  if (addresses.length > 0) return addresses;
  const resolver = new dns.Resolver({ timeout: 2000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  for (const question of questions) {
    const found = await resolver.resolve4(question).catch(() => []);
    if (found.length > 0) return found;
    const other = await resolver.resolve6(question).catch(() => []);
    if (other.length > 0) return other;
  }
  return [];
}

async function dial(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const timer = setTimeout(() => socket.destroy(new Error(`no answer from ${host}:${port}`)), connectMs);
  socket.once("connect", () => resolve(socket));
  socket.once("error", reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.off("error", reject);
  }
}
