import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
} from "@aws-sdk/client-ec2";
import { ApiError } from "../../api-error.ts";
import { compileFilters, type Filterable } from "../filters.ts";
import { requireNoDryRun } from "../listing.ts";
import type { Ec2Operation } from "../operation.ts";
import { zoneIdOf } from "../zones.ts";

/** The zones that this control plane is set up with. Source: EC2 API reference, DescribeAvailabilityZones. */
export const describeAvailabilityZones: Ec2Operation<
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult
> = async (input, { settings }) => {
  requireNoDryRun(input);
  const zones = settings.availabilityZones.map((name) => describeZone(name, settings.region));
  const { ZoneNames: names = [], ZoneIds: ids = [] } = input;
  const unknown = [
    ...names.filter((name) => !zones.some(({ ZoneName }) => ZoneName === name)),
    ...ids.filter((id) => !zones.some(({ ZoneId }) => ZoneId === id)),
  ];
  if (unknown.length > 0)
    throw new ApiError("InvalidParameterValue", `Invalid availability zone: [${unknown.join(", ")}]`);
  const passes = compileFilters(input.Filters, filters);
  const isNamed = ({ ZoneName: name = "", ZoneId: id = "" }: AvailabilityZone) =>
    names.length + ids.length === 0 || names.includes(name) || ids.includes(id);
  return { AvailabilityZones: zones.filter((zone) => isNamed(zone) && passes(zone)) };
};

const describeZone = (name: string, region: string): AvailabilityZone => ({
  ZoneName: name,
  ZoneId: zoneIdOf(name),
  ZoneType: "availability-zone",
  State: "available",
  OptInStatus: "opt-in-not-required",
  Messages: [],
  RegionName: region,
  GroupName: `${region}-zg-1`,
  NetworkBorderGroup: region,
});

const filters: Filterable<AvailabilityZone> = {
  "zone-name": ({ ZoneName: name }) => name,
  "zone-id": ({ ZoneId: id }) => id,
  "zone-type": ({ ZoneType: type }) => type,
  state: ({ State: state }) => state,
  "region-name": ({ RegionName: name }) => name,
  "group-name": ({ GroupName: name }) => name,
  "opt-in-status": ({ OptInStatus: status }) => status,
  message: () => [],
};
