import type { DescribeAccountAttributesRequest, DescribeAccountAttributesResult } from "@aws-sdk/client-ec2";
import { defaultVpcId } from "../default-network.ts";
import { requireNoDryRun } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";

/** Source: EC2 API reference, DescribeAccountAttributes. */
export const describeAccountAttributes: Ec2Operation<
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult
> = async (input, { settings }) => {
  requireNoDryRun(input);
  const values: Readonly<Record<string, string>> = {
    "supported-platforms": "VPC",
    "default-vpc": defaultVpcId(settings),
    "vpc-max-security-groups-per-interface": "5",
  };
  const wanted = Object.entries(values).filter(
    ([name]) => input.AttributeNames === undefined || input.AttributeNames.some((each) => each === name),
  );
  return {
    AccountAttributes: wanted.map(([name, value]) => ({
      AttributeName: name,
      AttributeValues: [{ AttributeValue: value }],
    })),
  };
};
