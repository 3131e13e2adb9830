import type { DescribeVpcsRequest, DescribeVpcsResult, Vpc } from "@aws-sdk/client-ec2";
import type * as model from "../../../model/network.ts";
import { idOf } from "../default-network.ts";
import { type Listing, listItems } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";
import { describeTags } from "../tags.ts";

/** Source: EC2 API reference, DescribeVpcs. */
export const describeVpcs: Ec2Operation<DescribeVpcsRequest, DescribeVpcsResult> = async (input, { store, caller }) => {
  const vpcs = store
    .snapshot()
    .list("vpc")
    .map(({ value }) => describeVpc(value, caller));
  const { items, ...page } = listItems(vpcs, { ...input, ids: input.VpcIds }, listing);
  return { Vpcs: items, ...page };
};

function describeVpc(
  { vpcId, cidrBlock, isDefault, tags }: model.Vpc,
  place: { readonly accountId: string; readonly region: string },
): Vpc {
  const association = { AssociationId: idOf("vpc-cidr-assoc", place, vpcId), CidrBlock: cidrBlock };
  return {
    VpcId: vpcId,
    CidrBlock: cidrBlock,
    IsDefault: isDefault,
    State: "available",
    OwnerId: place.accountId,
    InstanceTenancy: "default",
    DhcpOptionsId: idOf("dopt", place, "default"),
    CidrBlockAssociationSet: [{ ...association, CidrBlockState: { State: "associated" } }],
    Ipv6CidrBlockAssociationSet: [],
    Tags: describeTags(tags),
  };
}

const listing: Listing<Vpc> = {
  prefix: "vpc",
  malformed: "InvalidVpcID.Malformed",
  notFound: "InvalidVpcID.NotFound",
  subject: "The vpc ID",
  idsMember: "vpcIds",
  idOf: ({ VpcId: id = "" }) => id,
  keyOf: ({ VpcId: id = "" }) => id,
  filters: {
    "vpc-id": ({ VpcId: id }) => id,
    cidr: ({ CidrBlock: block }) => block,
    "cidr-block-association.cidr-block": ({ CidrBlockAssociationSet: set = [] }) => set.map((each) => each.CidrBlock),
    "cidr-block-association.association-id": ({ CidrBlockAssociationSet: set = [] }) =>
      set.map((each) => each.AssociationId),
    "cidr-block-association.state": ({ CidrBlockAssociationSet: set = [] }) =>
      set.map((each) => each.CidrBlockState?.State),
    "dhcp-options-id": ({ DhcpOptionsId: id }) => id,
    "ipv6-cidr-block-association.ipv6-cidr-block": () => [],
    "ipv6-cidr-block-association.association-id": () => [],
    "ipv6-cidr-block-association.state": () => [],
    isDefault: ({ IsDefault: is }) => String(is),
    "is-default": ({ IsDefault: is }) => String(is),
    "owner-id": ({ OwnerId: id }) => id,
    state: ({ State: state }) => state,
  },
};
