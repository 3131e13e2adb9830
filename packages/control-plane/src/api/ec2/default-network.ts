import { createHash } from "node:crypto";
import type { Subnet } from "../../model/network.ts";
import type { Settings } from "../../settings.ts";
import { ConflictError, type Snapshot, type Store, type Write } from "../../store/store.ts";
import { zoneIdOf } from "./zones.ts";

type Place = Pick<Settings, "accountId" | "region">;

/** The default VPC's id; the same at every start, and another one for every account and region. */
export const defaultVpcId = (place: Place): string => idOf("vpc", place, "default");

/** An EC2 id of 17 hexadecimal digits that follows from what it stands for. */
export const idOf = (prefix: string, { accountId, region }: Place, what: string): string => {
  const digest = createHash("sha256").update(`${accountId}/${region}/${prefix}/${what}`).digest("hex");
  return `${prefix}-${digest.slice(0, 17)}`;
};

/**
 * Sees to it that there is what every AWS account has from its first day: a default VPC with a /20 subnet for each zone,
 * and its default security group. What is there stays as it is; a zone that is new gets its subnet.
 */
export async function ensureDefaultNetwork({
  store,
  settings,
}: {
  readonly store: Store;
  readonly settings: Settings;
}): Promise<void> {
  for (;;) {
    const writes = planDefaultNetwork(store.snapshot(), settings);
    if (writes.length === 0) return;
    try {
      await store.commit(writes);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

/** What is still missing. */
export function planDefaultNetwork(snapshot: Snapshot, settings: Settings): readonly Write[] {
  const vpcId = defaultVpcId(settings);
  const groupId = idOf("sg", settings, "default");
  const vpc = snapshot.get("vpc", vpcId)?.value;
  const value = vpc ?? { vpcId, cidrBlock: settings.vpcCidr, isDefault: true, tags: [] };
  const writes: Write[] = vpc === undefined ? [{ kind: "vpc", arn: vpcId, expected: 0, value }] : [];
  if (snapshot.get("securityGroup", groupId) === undefined) {
    const group = { groupId, groupName: "default", description: "default VPC security group", vpcId, tags: [] };
    writes.push({ kind: "securityGroup", arn: groupId, expected: 0, value: group });
  }
  const subnets = snapshot.list("subnet", { vpcId }).map((stored) => stored.value);
  const free = blocksOf(value.cidrBlock).filter((block) => !subnets.some(({ cidrBlock }) => cidrBlock === block));
  const missing = settings.availabilityZones.filter(
    (zone) => !subnets.some(({ availabilityZone, defaultForAz }) => defaultForAz && availabilityZone === zone),
  );
  const added = missing.flatMap((zone, index): Subnet[] => {
    const cidrBlock = free[index];
    if (cidrBlock === undefined) return [];
    const subnetId = idOf("subnet", settings, zone);
    return [
      {
        subnetId,
        vpcId,
        cidrBlock,
        availabilityZone: zone,
        availabilityZoneId: zoneIdOf(zone),
        defaultForAz: true,
        tags: [],
      },
    ];
  });
  return [
    ...writes,
    ...added.map((subnet): Write => ({ kind: "subnet", arn: subnet.subnetId, expected: 0, value: subnet })),
  ];
}

/** The sixteen /20 blocks of a /16. */
function blocksOf(cidr: string): readonly string[] {
  const [first, second] = cidr.split(".");
  return Array.from({ length: 16 }, (_, index) => `${first}.${second}.${index * 16}.0/20`);
}
