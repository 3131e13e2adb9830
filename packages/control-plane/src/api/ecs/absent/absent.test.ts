import { beforeEach, expect, test } from "vitest";
import type { OperationContext } from "../../operation-context.ts";
import { exampleContext, refusal } from "../example-context.ts";
import type { Operation, OperationName } from "../operation.ts";
import { createCluster } from "../operations/create-cluster.ts";
import { operations } from "../operations.ts";

let context: OperationContext;
beforeEach(async () => {
  context = exampleContext();
  await createCluster({}, context);
});
const call = (name: OperationName, input: object) =>
  (operations[name] as Operation<OperationName>)(input as never, context);

const arn = "arn:aws:ecs:us-east-1:000000000000:daemon/default/watch";

test.each<readonly [OperationName, object, object]>([
  ["ListDaemons", {}, { daemonSummariesList: [] }],
  ["ListDaemonTaskDefinitions", {}, { daemonTaskDefinitions: [] }],
  [
    "DescribeDaemonDeployments",
    { daemonDeploymentArns: ["a"] },
    { daemonDeployments: [], failures: [{ arn: "a", reason: "MISSING" }] },
  ],
  [
    "DescribeDaemonRevisions",
    { daemonRevisionArns: ["a"] },
    { daemonRevisions: [], failures: [{ arn: "a", reason: "MISSING" }] },
  ],
  ["ListGateways", {}, { gateways: [] }],
  ["ListGatewayRoutes", { cluster: "default" }, { gatewayRoutes: [] }],
  ["ListGatewayClusterAssociations", {}, { gatewayClusterAssociations: [] }],
])("%s finds none", async (name, input, output) => {
  expect(await call(name, input)).toEqual(output);
});

test.each<readonly [OperationName, object, string]>([
  ["DescribeDaemon", { daemonArn: arn }, "DaemonNotFoundException"],
  ["ListDaemonDeployments", { daemonArn: arn }, "DaemonNotFoundException"],
  ["UpdateDaemon", { daemonArn: arn }, "DaemonNotFoundException"],
  ["DeleteDaemon", { daemonArn: arn }, "DaemonNotFoundException"],
  ["DeleteDaemon", {}, "InvalidParameterException: daemonArn can not be blank."],
  ["ListDaemons", { clusterArn: "other" }, "ClusterNotFoundException"],
  ["DescribeDaemonTaskDefinition", { daemonTaskDefinition: "watch" }, "ClientException"],
  ["DeleteDaemonTaskDefinition", { daemonTaskDefinition: "watch:1" }, "ClientException"],
  ["DescribeGateway", { gateway: "door" }, "GatewayNotFoundException"],
  ["DescribeGatewayResources", { gateway: "door" }, "GatewayNotFoundException"],
  ["UpdateGateway", { gateway: "door" }, "GatewayNotFoundException"],
  ["DeleteGateway", { gateway: "door" }, "GatewayNotFoundException"],
  ["AssociateGatewayWithCluster", { gateway: "door", cluster: "default" }, "GatewayNotFoundException"],
  ["DisassociateGatewayFromCluster", { gateway: "door", cluster: "other" }, "ClusterNotFoundException"],
  ["ListGatewayRoutes", { gateway: "door" }, "GatewayNotFoundException"],
  ["DescribeGatewayRoute", { gatewayRouteArn: "route" }, "ResourceNotFoundException"],
  ["DescribeExpressGatewayService", { serviceArn: "web" }, "ResourceNotFoundException"],
  ["UpdateExpressGatewayService", { serviceArn: "web" }, "ServiceNotFoundException"],
  ["DeleteExpressGatewayService", { serviceArn: "web" }, "ServiceNotFoundException"],
])("%s of %j is not there", async (name, input, error) => {
  expect(await refusal(call(name, input))).toContain(error);
});
