import type { Subnet } from "../model/network.ts";
import type { Snapshot } from "../store/store.ts";

/** A free address in one of the subnets that a task may use. */
export interface Address {
  readonly subnet: Subnet;
  readonly privateIpAddress: string;
}

const toNumber = (address: string) => address.split(".").reduce((total, part) => total * 256 + Number(part), 0);
const toText = (address: number) => [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");

/** The addresses of a subnet that a task can have: AWS keeps the first four and the last. Ends included. */
function usableAddresses(cidrBlock: string): { readonly first: number; readonly last: number } {
  const [base = "0.0.0.0", bits = "32"] = cidrBlock.split("/");
  const size = 2 ** (32 - Number(bits));
  const start = Math.floor(toNumber(base) / size) * size;
  return { first: start + 4, last: start + size - 2 };
}

/** Gives out free addresses, the lowest first, none twice. Lives for one placement, on one snapshot. */
export class AddressBook {
  private readonly snapshot: Snapshot;
  private readonly next = new Map<string, number>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  /** Whether an address is one that somebody in a subnet can have, free or not. */
  holds({ cidrBlock }: Subnet, address: string): boolean {
    const { first, last } = usableAddresses(cidrBlock);
    return toNumber(address) >= first && toNumber(address) <= last;
  }

  /** The lowest free address of a subnet; undefined if all are taken. */
  lowestFree(subnet: Subnet): string | undefined {
    const { first, last } = usableAddresses(subnet.cidrBlock);
    for (let address = this.next.get(subnet.subnetId) ?? first; address <= last; address++) {
      const text = toText(address);
      if (this.snapshot.get("networkInterface", `${subnet.subnetId}/${text}`) !== undefined) continue;
      this.next.set(subnet.subnetId, address + 1);
      return text;
    }
    this.next.set(subnet.subnetId, last + 1);
    return undefined;
  }
}
