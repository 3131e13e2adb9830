import type { OperationContext } from "../operation-context.ts";
import { deleteVolume } from "./operations/delete-volume.ts";
import { describeAccountAttributes } from "./operations/describe-account-attributes.ts";
import { describeAvailabilityZones } from "./operations/describe-availability-zones.ts";
import { describeNetworkInterfaces } from "./operations/describe-network-interfaces.ts";
import { describeRegions } from "./operations/describe-regions.ts";
import { describeSecurityGroups } from "./operations/describe-security-groups.ts";
import { describeSubnets } from "./operations/describe-subnets.ts";
import { describeVolumes } from "./operations/describe-volumes.ts";
import { describeVpcAttribute } from "./operations/describe-vpc-attribute.ts";
import { describeVpcs } from "./operations/describe-vpcs.ts";

/** The operations of EC2 that there are; the others are answered as not built. */
export const operations = {
  DeleteVolume: deleteVolume,
  DescribeAccountAttributes: describeAccountAttributes,
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeNetworkInterfaces: describeNetworkInterfaces,
  DescribeRegions: describeRegions,
  DescribeSecurityGroups: describeSecurityGroups,
  DescribeSubnets: describeSubnets,
  DescribeVolumes: describeVolumes,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcs: describeVpcs,
} satisfies Readonly<Record<string, (input: never, context: OperationContext) => Promise<object>>>;
