import { describe, expect, test } from "vitest";
import { exampleService } from "../../../model/examples.ts";
import type { Service } from "../../../model/service.ts";
import { zoneRebalancing } from "./zone-rebalancing.ts";

const zone = "attribute:ecs.availability-zone";

describe.each<readonly [string, Partial<Service>, boolean]>([
  ["no placement strategy", {}, true],
  ["a spread over zones first", { placementStrategy: [{ type: "spread", field: zone }, { type: "random" }] }, true],
  ["another strategy first", { placementStrategy: [{ type: "binpack", field: "cpu" }] }, false],
  ["a constraint on zones", { placementConstraints: [{ type: "memberOf", expression: `${zone} == a` }] }, false],
  ["another constraint", { placementConstraints: [{ type: "distinctInstance" }] }, true],
  ["DAEMON", { schedulingStrategy: "DAEMON" }, false],
  ["task sets", { deploymentController: { type: "EXTERNAL" } }, false],
  ["external capacity", { launchType: "EXTERNAL" }, false],
  ["no room above", { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 } }, false],
])("a service with %s", (_what, of, isPossible) => {
  const service = exampleService(of);

  test("is evened out unless somebody says otherwise, if that is possible", () => {
    const availabilityZoneRebalancing = isPossible ? "ENABLED" : "DISABLED";
    expect(zoneRebalancing(undefined, service)).toEqual({ availabilityZoneRebalancing });
    expect(zoneRebalancing("DISABLED", service)).toEqual({ availabilityZoneRebalancing: "DISABLED" });
    expect(zoneRebalancing(undefined, service, "DISABLED")).toEqual({ availabilityZoneRebalancing: "DISABLED" });
  });

  test("is refused what it cannot have", () => {
    const ask = () => zoneRebalancing("ENABLED", service);
    if (isPossible) expect(ask()).toEqual({ availabilityZoneRebalancing: "ENABLED" });
    else expect(ask).toThrow(/Availability Zone rebalancing does not support/);
  });
});
