import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** One machine of a test's network: a network namespace with one cable. */
export interface NetworkHost {
  readonly namespace: string;
  readonly address: string;
  /** Pulls the cable, and tells this side's connections as a router would that forgot them: the host hears nothing. */
  unplug(): Promise<void>;
  /** Puts it back; what the host still thinks to be connected is told that it is not. */
  plugIn(): Promise<void>;
}

/**
 * Machines behind one switch, all on this machine: network namespaces, cables and a bridge. This side of it is the machine
 * itself, at `address`. Needs root and iproute2 (`ip`, `ss`).
 */
export class TestNetwork implements Disposable {
  readonly address: string;
  readonly hosts: readonly NetworkHost[];
  readonly #id = randomBytes(3).toString("hex");
  readonly #bridge = `htf${this.#id}`;
  readonly #block: string;

  constructor(hosts: number) {
    if (process.getuid?.() !== 0) throw new Error("A network of test hosts can only be made by root.");
    this.#block = freeBlock();
    this.address = `${this.#block}.1`;
    process.once("exit", this.#clear);
    try {
      ip("link", "add", this.#bridge, "type", "bridge");
      ip("address", "add", `${this.address}/24`, "dev", this.#bridge);
      ip("link", "set", this.#bridge, "up");
      this.hosts = Array.from({ length: hosts }, (_, index) => this.#addHost(index + 1));
    } catch (error) {
      this.#clear();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    process.removeListener("exit", this.#clear);
    this.#clear();
  }

  #addHost(number: number): NetworkHost {
    const [namespace, cable] = [`htf${this.#id}-${number}`, `htf${this.#id}${number}`];
    const address = `${this.#block}.${10 + number}`;
    ip("netns", "add", namespace);
    ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    ip("link", "set", cable, "master", this.#bridge, "up");
    ip("-n", namespace, "address", "add", `${address}/24`, "dev", "eth0");
    ip("-n", namespace, "link", "set", "lo", "up");
    ip("-n", namespace, "link", "set", "eth0", "up");
    return {
      namespace,
      address,
      unplug: async () => {
        await run("ip", ["link", "set", cable, "down"]);
        await run("ss", ["--kill", "--tcp", "dst", address]);
      },
      plugIn: async () => {
        await run("ip", ["netns", "exec", namespace, "ss", "--kill", "--tcp", "dst", this.address]);
        await run("ip", ["link", "set", cable, "up"]);
      },
    };
  }

  readonly #clear = (): void => {
    for (const { namespace } of this.hosts ?? []) quietly("netns", "delete", namespace);
    quietly("link", "delete", this.#bridge);
  };
}

/** The first three numbers of a block of addresses that this machine does not use. */
function freeBlock(): string {
  const used = Object.values(networkInterfaces()).flatMap((own = []) => own.map(({ address }) => address));
  for (let third = 0; third < 256; third++) {
    const block = `10.213.${third}`;
    if (!used.some((address) => address.startsWith(`${block}.`))) return block;
  }
  throw new Error("All blocks of 10.213.0.0/16 are in use on this machine.");
}

const ip = (...args: readonly string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

function quietly(...args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It is gone already.
  }
}
