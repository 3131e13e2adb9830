import type { DescribeVpcAttributeRequest, DescribeVpcAttributeResult } from "@aws-sdk/client-ec2";
import { ApiError } from "../../api-error.ts";
import type { Ec2Operation } from "../operation.ts";
import { describeVpcs } from "./describe-vpcs.ts";

/**
 * One attribute of a VPC. Names are not resolved for tasks yet, but a default VPC says that they are, and callers go by it.
 * Source: EC2 API reference, DescribeVpcAttribute.
 */
export const describeVpcAttribute: Ec2Operation<DescribeVpcAttributeRequest, DescribeVpcAttributeResult> = async (
  { VpcId: vpcId, Attribute: attribute, DryRun },
  context,
) => {
  if (!vpcId) throw missing("vpcId");
  if (!attribute) throw missing("attribute");
  await describeVpcs({ VpcIds: [vpcId], ...(DryRun === undefined ? {} : { DryRun }) }, context); // refuses what is none
  switch (attribute) {
    case "enableDnsHostnames":
      return { VpcId: vpcId, EnableDnsHostnames: { Value: true } };
    case "enableDnsSupport":
      return { VpcId: vpcId, EnableDnsSupport: { Value: true } };
    case "enableNetworkAddressUsageMetrics":
      return { VpcId: vpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
    default:
      throw new ApiError("InvalidParameterValue", `Value (${String(attribute)}) for parameter attribute is invalid.`);
  }
};

const missing = (name: string) => new ApiError("MissingParameter", `The request must contain the parameter ${name}`);
