import type { DescribeRegionsRequest, DescribeRegionsResult, Region } from "@aws-sdk/client-ec2";
import { ApiError } from "../../api-error.ts";
import { compileFilters, type Filterable } from "../filters.ts";
import { requireNoDryRun } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";

/** The one region that this control plane is; its endpoint is where the caller reached us. Source: EC2 API reference, DescribeRegions. */
export const describeRegions: Ec2Operation<DescribeRegionsRequest, DescribeRegionsResult> = async (
  input,
  { settings, endpoint },
) => {
  requireNoDryRun(input);
  const unknown = input.RegionNames?.find((name) => name !== settings.region);
  if (unknown !== undefined) {
    throw new ApiError("InvalidParameterValue", `Invalid region provided: ${unknown}. This is ${settings.region}.`);
  }
  const region = { RegionName: settings.region, Endpoint: new URL(endpoint).host, OptInStatus: "opt-in-not-required" };
  return { Regions: [region].filter(compileFilters(input.Filters, filters)) };
};

const filters: Filterable<Region> = {
  "region-name": ({ RegionName: name }) => name,
  endpoint: ({ Endpoint: endpoint }) => endpoint,
  "opt-in-status": ({ OptInStatus: status }) => status,
};
