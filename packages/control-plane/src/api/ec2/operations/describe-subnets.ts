import type { DescribeSubnetsRequest, DescribeSubnetsResult, Subnet } from "@aws-sdk/client-ec2";
import type * as model from "../../../model/network.ts";
import type { Snapshot } from "../../../store/store.ts";
import type { Caller } from "../../operation-context.ts";
import { type Listing, listItems } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";
import { describeTags } from "../tags.ts";

/** Source: EC2 API reference, DescribeSubnets. */
export const describeSubnets: Ec2Operation<DescribeSubnetsRequest, DescribeSubnetsResult> = async (
  input,
  { store, caller },
) => {
  const snapshot = store.snapshot();
  const subnets = snapshot.list("subnet").map(({ value }) => describeSubnet(value, snapshot, caller));
  const { items, ...page } = listItems(subnets, { ...input, ids: input.SubnetIds }, listing);
  return { Subnets: items, ...page };
};

function describeSubnet(subnet: model.Subnet, snapshot: Snapshot, { accountId, region }: Caller): Subnet {
  const { subnetId } = subnet;
  return {
    SubnetId: subnetId,
    SubnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${subnetId}`,
    VpcId: subnet.vpcId,
    OwnerId: accountId,
    State: "available",
    CidrBlock: subnet.cidrBlock,
    AvailabilityZone: subnet.availabilityZone,
    AvailabilityZoneId: subnet.availabilityZoneId,
    AvailableIpAddressCount: addressesOf(subnet.cidrBlock) - snapshot.count("networkInterface", { subnetId }),
    DefaultForAz: subnet.defaultForAz,
    MapPublicIpOnLaunch: subnet.defaultForAz,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: "ip-name",
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: describeTags(subnet.tags),
  };
}

/** How many addresses of a block can be given out: AWS keeps the first four and the last. */
const addressesOf = (cidr: string) => 2 ** (32 - Number(cidr.split("/")[1])) - 5;

const zone = ({ AvailabilityZone: name }: Subnet) => name;
const zoneId = ({ AvailabilityZoneId: id }: Subnet) => id;
const block = ({ CidrBlock: cidr }: Subnet) => cidr;
const isDefault = ({ DefaultForAz: is }: Subnet) => String(is);

const listing: Listing<Subnet> = {
  prefix: "subnet",
  malformed: "InvalidSubnetID.Malformed",
  notFound: "InvalidSubnetID.NotFound",
  subject: "The subnet ID",
  idsMember: "subnetIds",
  idOf: ({ SubnetId: id = "" }) => id,
  keyOf: ({ AvailabilityZone: name, SubnetId: id }) => `${name}/${id}`,
  filters: {
    "subnet-id": ({ SubnetId: id }) => id,
    "subnet-arn": ({ SubnetArn: arn }) => arn,
    "vpc-id": ({ VpcId: id }) => id,
    "owner-id": ({ OwnerId: id }) => id,
    state: ({ State: state }) => state,
    "availability-zone": zone,
    availabilityZone: zone,
    "availability-zone-id": zoneId,
    availabilityZoneId: zoneId,
    "available-ip-address-count": ({ AvailableIpAddressCount: count }) => String(count),
    "cidr-block": block,
    cidr: block,
    cidrBlock: block,
    "default-for-az": isDefault,
    defaultForAz: isDefault,
    "map-public-ip-on-launch": ({ MapPublicIpOnLaunch: is }) => String(is),
    "ipv6-native": ({ Ipv6Native: is }) => String(is),
    "enable-dns64": ({ EnableDns64: is }) => String(is),
    "ipv6-cidr-block-association.ipv6-cidr-block": () => [],
    "ipv6-cidr-block-association.association-id": () => [],
    "ipv6-cidr-block-association.state": () => [],
  },
};
