import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { ContainerFailure } from "./container-runtime.ts";
import { type DockerEngine, EngineError } from "./docker-engine.ts";
import { failureOf, isConflict, isMissing } from "./docker-errors.ts";
import { type Block, blockOf, overlap, routesOf } from "./ipv4-block.ts";

/** Label of every network of ours; its value is the VPC's address block. */
const vpcNetworkLabel = "dev.hatoba.vpc-cidr";

interface Network {
  readonly Id: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Options?: Readonly<Record<string, string>> | null;
}

/** `172.31.0.0/16` → `hatoba-vpc-172-31-0-0-16`. */
function vpcNetworkName(vpcCidr: string): string {
  return `hatoba-vpc-${vpcCidr.replace(/[./]/g, "-")}`;
}

/** Body of `POST /networks/create`. The router has the first address, as in a VPC. Source: VPC user guide, subnet sizing. */
function vpcNetworkBody(vpcCidr: string, { first }: Block, labels: Readonly<Record<string, string>>) {
  return {
    Name: vpcNetworkName(vpcCidr),
    Driver: "bridge",
    CheckDuplicate: true,
    EnableIPv6: false,
    IPAM: { Driver: "default", Config: [{ Subnet: vpcCidr, Gateway: dotted(first + 1) }] },
    Labels: { ...labels, [vpcNetworkLabel]: vpcCidr },
  };
}

/** The names of the engine's bridges on its machine, whoever made their networks. */
export async function engineBridges(engine: DockerEngine): Promise<readonly string[]> {
  const filters = JSON.stringify({ driver: ["bridge"] });
  const networks = await engine.call<readonly Network[]>("GET", "/networks", { query: { filters }, timeoutMs: 30_000 });
  return networks.map(({ Id, Options }) => Options?.["com.docker.network.bridge.name"] ?? `br-${Id.slice(0, 12)}`);
}

/** The bridge networks that awsvpc tasks of a VPC share on one machine. Each is made once, when it is first asked for. */
export class DockerNetworks {
  readonly #engine: DockerEngine;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #made = new Map<string, Promise<string>>();

  /** @param labels of every network that is made. */
  constructor(engine: DockerEngine, labels: Readonly<Record<string, string>> = {}) {
    this.#engine = engine;
    this.#labels = labels;
  }

  /**
   * @param vpcCidr an IPv4 block, as `172.31.0.0/16`.
   * @returns the network's name.
   * @throws ContainerFailure ContainerNetworkingError if the block is not one, or overlaps with another network of the machine.
   */
  async ensure(vpcCidr: string): Promise<string> {
    const known = this.#made.get(vpcCidr);
    if (known !== undefined) return known;
    const made = this.#make(vpcCidr).catch((error: unknown) => {
      this.#made.delete(vpcCidr);
      throw failureOf("network", error);
    });
    this.#made.set(vpcCidr, made);
    return made;
  }

  /** Forgets what was made: after the engine was away, networks are looked up again. */
  forget(): void {
    this.#made.clear();
  }

  async #make(vpcCidr: string): Promise<string> {
    const block = blockOf(vpcCidr);
    if (block === undefined || block.last - block.first < 7) {
      throw new ContainerFailure(
        "ContainerNetworkingError",
        `${JSON.stringify(vpcCidr)} is not an IPv4 address block of a VPC`,
      );
    }
    const name = vpcNetworkName(vpcCidr);
    const [existing] = await this.#find(name);
    if (existing !== undefined && !(await this.#removeIfLeftOver(existing))) return name;
    if (this.#engine.address.local) refuseOverlap(vpcCidr, block);
    try {
      await this.#engine.call("POST", "/networks/create", {
        body: vpcNetworkBody(vpcCidr, block, this.#labels),
        timeoutMs: 60_000,
      });
    } catch (error) {
      if (!isConflict(error)) throw overlapFailure(vpcCidr, error) ?? error;
    }
    return name;
  }

  /** One that somebody else made, and nobody uses, is made anew, so that its labels say whose it is. */
  async #removeIfLeftOver({ Id, Labels }: Network): Promise<boolean> {
    if (Object.entries(this.#labels).every(([label, value]) => Labels?.[label] === value)) return false;
    try {
      await this.#engine.call("DELETE", `/networks/${Id}`, { timeoutMs: 60_000 });
      return true;
    } catch (error) {
      if (error instanceof EngineError) return isMissing(error); // in use: then it is used by us too
      throw error;
    }
  }

  #find(name: string): Promise<readonly Network[]> {
    const filters = JSON.stringify({ name: [`^${name}$`] });
    return this.#engine.call<readonly Network[]>("GET", "/networks", { query: { filters }, timeoutMs: 30_000 });
  }
}

/** A bridge over addresses that the machine uses elsewhere would cut it off from them: on an EC2 instance, from its own VPC. */
function refuseOverlap(vpcCidr: string, block: Block): void {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
    (entries ?? []).flatMap((entry) => (entry.family === "IPv4" && entry.cidr ? [{ name, cidr: entry.cidr }] : [])),
  );
  const taken = [...addresses, ...routes()].find(({ cidr }) => {
    const other = blockOf(cidr);
    return other !== undefined && overlap(other, block);
  });
  if (taken !== undefined) {
    throw new ContainerFailure(
      "ContainerNetworkingError",
      overlapText(vpcCidr, `interface ${taken.name}, ${taken.cidr}`),
    );
  }
}

function routes(): readonly { readonly name: string; readonly cidr: string }[] {
  try {
    return routesOf(readFileSync("/proc/net/route", "latin1"));
  } catch {
    return []; // not Linux: the interfaces alone decide
  }
}

function overlapFailure(vpcCidr: string, error: unknown): ContainerFailure | undefined {
  if (!(error instanceof Error) || !/overlaps|conflicts with network/i.test(error.message)) return undefined;
  return new ContainerFailure("ContainerNetworkingError", overlapText(vpcCidr, error.message), { cause: error });
}

function overlapText(vpcCidr: string, other: string): string {
  return `the VPC's address block ${vpcCidr} is in use by another network of this machine (${other}); give the VPC another block or remove that network`;
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}
