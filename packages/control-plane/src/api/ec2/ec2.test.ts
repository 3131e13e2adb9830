import {
  DescribeAccountAttributesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  type DescribeSubnetsCommandInput,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleNetworkInterface } from "../../model/examples.ts";
import { defaultSettings } from "../../settings.ts";
import { clientOptions, startTestServer } from "../http/server.fixture.ts";
import { ensureDefaultNetwork } from "./default-network.ts";
import { ec2Service } from "./service.ts";

let server: Awaited<ReturnType<typeof startTestServer>>;
let client: EC2Client;
beforeAll(async () => {
  server = await startTestServer({ services: [ec2Service] });
  await ensureDefaultNetwork({ store: server.store, settings: defaultSettings });
  client = new EC2Client(clientOptions(server));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const subnets = async (input: DescribeSubnetsCommandInput) =>
  (await client.send(new DescribeSubnetsCommand(input))).Subnets ?? [];

describe("the default network through the real client", () => {
  test("a VPC with a subnet in each zone and a default group", async () => {
    const { Vpcs: vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
    expect(vpcs).toEqual([
      expect.objectContaining({
        CidrBlock: "172.31.0.0/16",
        IsDefault: true,
        State: "available",
        OwnerId: "000000000000",
      }),
    ]);
    const vpcId = vpcs[0]?.VpcId ?? "";
    const attribute = (Attribute: "enableDnsHostnames" | "enableNetworkAddressUsageMetrics") =>
      client.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute }));
    expect(await attribute("enableDnsHostnames")).toMatchObject({ VpcId: vpcId, EnableDnsHostnames: { Value: true } });
    expect(await attribute("enableNetworkAddressUsageMetrics")).toMatchObject({
      EnableNetworkAddressUsageMetrics: { Value: false },
    });
    expect(vpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(await subnets({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] })).toMatchObject([
      {
        AvailabilityZone: "us-east-1a",
        AvailabilityZoneId: "use1-az1",
        CidrBlock: "172.31.0.0/20",
        AvailableIpAddressCount: 4091,
      },
      {
        AvailabilityZone: "us-east-1b",
        AvailabilityZoneId: "use1-az2",
        CidrBlock: "172.31.16.0/20",
        DefaultForAz: true,
      },
      { AvailabilityZone: "us-east-1c", AvailabilityZoneId: "use1-az3", CidrBlock: "172.31.32.0/20", Tags: [] },
    ]);
    const { SecurityGroups: groups = [] } = await client.send(
      new DescribeSecurityGroupsCommand({ GroupNames: ["default"] }),
    );
    expect(groups).toMatchObject([{ GroupName: "default", VpcId: vpcId, IpPermissionsEgress: [{ IpProtocol: "-1" }] }]);
    const again = await client.send(new DescribeSecurityGroupsCommand({ GroupIds: [groups[0]?.GroupId ?? ""] }));
    expect(again.SecurityGroups).toEqual(groups);
    const { AccountAttributes: attributes } = await client.send(
      new DescribeAccountAttributesCommand({ AttributeNames: ["default-vpc"] }),
    );
    expect(attributes).toEqual([{ AttributeName: "default-vpc", AttributeValues: [{ AttributeValue: vpcId }] }]);
  });

  test("filters, with wildcards", async () => {
    const zones = async (...values: string[]) =>
      (await subnets({ Filters: [{ Name: "availability-zone", Values: values }] })).map(
        ({ AvailabilityZone: zone }) => zone,
      );
    expect(await zones("*b")).toEqual(["us-east-1b"]);
    expect(await zones("us-east-1?")).toHaveLength(3);
    expect(await zones("us-east-1\\?")).toEqual([]);
    expect(await zones("us-east-1c", "us-east-1a")).toEqual(["us-east-1a", "us-east-1c"]);
    expect(await subnets({ Filters: [{ Name: "tag:Name", Values: ["*"] }] })).toEqual([]);
  });

  test("pages", async () => {
    const page = await client.send(new DescribeSubnetsCommand({ MaxResults: 5 }));
    expect(page.NextToken).toBeUndefined();
    await expect(client.send(new DescribeSubnetsCommand({ NextToken: "abc" }))).rejects.toMatchObject({
      name: "InvalidNextToken",
    });
  });

  test("zones and regions", async () => {
    const { AvailabilityZones: zones } = await client.send(
      new DescribeAvailabilityZonesCommand({ ZoneNames: ["us-east-1b"] }),
    );
    expect(zones).toMatchObject([
      { ZoneName: "us-east-1b", ZoneId: "use1-az2", RegionName: "us-east-1", State: "available" },
    ]);
    const { Regions: regions } = await client.send(new DescribeRegionsCommand({}));
    expect(regions).toMatchObject([{ RegionName: "us-east-1", Endpoint: new URL(server.url).host }]);
  });

  test("a task's network interface", async () => {
    const value = exampleNetworkInterface();
    const [subnet] = await subnets({});
    const subnetId = subnet?.SubnetId ?? "";
    await server.store.commit([
      { kind: "networkInterface", arn: `${subnetId}/172.31.0.4`, expected: 0, value: { ...value, subnetId } },
    ]);
    const { NetworkInterfaces: found } = await client.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [value.networkInterfaceId] }),
    );
    expect(found).toMatchObject([
      { PrivateIpAddress: value.privateIpAddress, MacAddress: value.macAddress, Status: "in-use", SubnetId: subnetId },
    ]);
    expect(found?.[0]?.Attachment?.AttachTime).toEqual(new Date(value.createdAt));
    expect((await subnets({ SubnetIds: [subnetId] }))[0]?.AvailableIpAddressCount).toBe(4090);
  });
});

test.each([
  [
    new DescribeVpcsCommand({ VpcIds: ["vpc-00000000000000000"] }),
    "InvalidVpcID.NotFound",
    "The vpc ID 'vpc-00000000000000000' does not exist",
  ],
  [
    new DescribeVpcAttributeCommand({ VpcId: "harbour", Attribute: "enableDnsSupport" }),
    "InvalidVpcID.Malformed",
    /harbour/,
  ],
  [
    new DescribeVpcsCommand({ VpcIds: ["harbour"] }),
    "InvalidVpcID.Malformed",
    'Invalid id: "harbour" (expecting "vpc-...")',
  ],
  [
    new DescribeSubnetsCommand({ SubnetIds: ["subnet-1"] }),
    "InvalidSubnetID.NotFound",
    "The subnet ID 'subnet-1' does not exist",
  ],
  [
    new DescribeSecurityGroupsCommand({ GroupIds: ["sg-1"] }),
    "InvalidGroup.NotFound",
    "The security group 'sg-1' does not exist",
  ],
  [
    new DescribeSecurityGroupsCommand({ GroupNames: ["<x>"] }),
    "InvalidGroup.NotFound",
    /^The security group '<x>' does not exist in default VPC/,
  ],
  [
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ["eni-1"] }),
    "InvalidNetworkInterfaceID.NotFound",
    /eni-1/,
  ],
  [
    new DescribeSubnetsCommand({ Filters: [{ Name: "colour", Values: ["red"] }] }),
    "InvalidParameterValue",
    "The filter 'colour' is invalid",
  ],
  [
    new DescribeSubnetsCommand({ MaxResults: 1 }),
    "InvalidParameterValue",
    /^Value \( 1 \) for parameter maxResults is invalid/,
  ],
  [new DescribeSubnetsCommand({ MaxResults: 5, SubnetIds: ["subnet-1"] }), "InvalidParameterCombination", /subnetIds/],
  [new DescribeVpcsCommand({ DryRun: true }), "DryRunOperation", /DryRun/],
  [
    new DescribeAvailabilityZonesCommand({ ZoneNames: ["mars"] }),
    "InvalidParameterValue",
    "Invalid availability zone: [mars]",
  ],
  [
    new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }),
    "UnsupportedOperation",
    /RunInstances.*docs\/compatibility.md/,
  ],
])("refusal %#", async (command, name, message) => {
  const sent = client.send(command as DescribeVpcsCommand);
  await expect(sent).rejects.toMatchObject({
    name,
    message: typeof message === "string" ? message : expect.stringMatching(message),
  });
});
