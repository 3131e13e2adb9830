import type {
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  SecurityGroup,
} from "@aws-sdk/client-ec2";
import type * as model from "../../../model/network.ts";
import { ApiError } from "../../api-error.ts";
import type { Caller } from "../../operation-context.ts";
import { defaultVpcId } from "../default-network.ts";
import { type Listing, listItems } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";
import { describeTags } from "../tags.ts";

/** Names are those of groups in the default VPC. Source: EC2 API reference, DescribeSecurityGroups. */
export const describeSecurityGroups: Ec2Operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult> = async (
  input,
  { store, caller, settings },
) => {
  const groups = store
    .snapshot()
    .list("securityGroup")
    .map(({ value }) => describeSecurityGroup(value, caller));
  const named = (input.GroupNames ?? []).map((name) => requireNamed(groups, name, defaultVpcId(settings)));
  const ids = input.GroupIds === undefined && named.length === 0 ? undefined : [...(input.GroupIds ?? []), ...named];
  const { items, ...page } = listItems(groups, { ...input, ids }, listing);
  return { SecurityGroups: items, ...page };
};

function requireNamed(groups: readonly SecurityGroup[], name: string, vpcId: string): string {
  const id = groups.find((group) => group.GroupName === name && group.VpcId === vpcId)?.GroupId;
  if (id !== undefined) return id;
  throw new ApiError("InvalidGroup.NotFound", `The security group '${name}' does not exist in default VPC '${vpcId}'`);
}

/** The rules are those that a new default group has: everything from its own members, everything out. */
function describeSecurityGroup(group: model.SecurityGroup, { accountId, region }: Caller): SecurityGroup {
  const { groupId, groupName } = group;
  const all = { IpProtocol: "-1", Ipv6Ranges: [], PrefixListIds: [] };
  const fromMembers = groupName === "default" ? [{ UserId: accountId, GroupId: groupId }] : [];
  return {
    GroupId: groupId,
    GroupName: groupName,
    Description: group.description,
    VpcId: group.vpcId,
    OwnerId: accountId,
    SecurityGroupArn: `arn:aws:ec2:${region}:${accountId}:security-group/${groupId}`,
    IpPermissions: fromMembers.length === 0 ? [] : [{ ...all, IpRanges: [], UserIdGroupPairs: fromMembers }],
    IpPermissionsEgress: [{ ...all, IpRanges: [{ CidrIp: "0.0.0.0/0" }], UserIdGroupPairs: [] }],
    Tags: describeTags(group.tags),
  };
}

/** The filters on the rules of one direction. */
function ruleFilters(
  prefix: string,
  rulesOf: (group: SecurityGroup) => readonly IpPermission[] | undefined,
): Listing<SecurityGroup>["filters"] {
  const each = (textsOf: (rule: IpPermission) => readonly (string | undefined)[]) => (group: SecurityGroup) =>
    (rulesOf(group) ?? []).flatMap(textsOf);
  return {
    [`${prefix}ip-permission.cidr`]: each(({ IpRanges: ranges = [] }) => ranges.map(({ CidrIp }) => CidrIp)),
    [`${prefix}ip-permission.group-id`]: each(({ UserIdGroupPairs: pairs = [] }) =>
      pairs.map(({ GroupId }) => GroupId),
    ),
    [`${prefix}ip-permission.user-id`]: each(({ UserIdGroupPairs: pairs = [] }) => pairs.map(({ UserId }) => UserId)),
    [`${prefix}ip-permission.protocol`]: each(({ IpProtocol }) => [IpProtocol]),
    [`${prefix}ip-permission.from-port`]: each(({ FromPort }) => [FromPort?.toString()]),
    [`${prefix}ip-permission.to-port`]: each(({ ToPort }) => [ToPort?.toString()]),
  };
}

const listing: Listing<SecurityGroup> = {
  prefix: "sg",
  malformed: "InvalidGroupId.Malformed",
  notFound: "InvalidGroup.NotFound",
  subject: "The security group",
  idsMember: "groupIds",
  idOf: ({ GroupId: id = "" }) => id,
  keyOf: ({ GroupId: id = "" }) => id,
  filters: {
    "group-id": ({ GroupId: id }) => id,
    "group-name": ({ GroupName: name }) => name,
    description: ({ Description: text }) => text,
    "vpc-id": ({ VpcId: id }) => id,
    "owner-id": ({ OwnerId: id }) => id,
    ...ruleFilters("", ({ IpPermissions: rules }) => rules),
    ...ruleFilters("egress.", ({ IpPermissionsEgress: rules }) => rules),
  },
};
