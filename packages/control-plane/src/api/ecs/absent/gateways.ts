import { EcsError } from "../api-error.ts";
import type { Operation } from "../operation.ts";
import { requireCluster, requireParameter } from "../require.ts";

// Gateways and Express services stand on load balancers, which a house does not have yet; so there are none, and these
// operations say so as ECS does of any that is not there.

/** Why none can be made. */
export const whyNoGateways = "Gateways and Express services need load balancers, which Hatoba does not have yet.";

/** @throws EcsError GatewayNotFoundException */
function noGateway(gateway: string | undefined): never {
  requireParameter(gateway, "gateway");
  throw new EcsError("GatewayNotFoundException", "The specified gateway was not found.");
}

export const describeGateway: Operation<"DescribeGateway"> = async ({ gateway }) => noGateway(gateway);
export const describeGatewayResources: Operation<"DescribeGatewayResources"> = async ({ gateway }) =>
  noGateway(gateway);
export const updateGateway: Operation<"UpdateGateway"> = async ({ gateway }) => noGateway(gateway);
export const deleteGateway: Operation<"DeleteGateway"> = async ({ gateway }) => noGateway(gateway);

export const associateGatewayWithCluster: Operation<"AssociateGatewayWithCluster"> = async (
  { gateway, cluster },
  { store, caller },
) => {
  requireCluster(store.snapshot(), requireParameter(cluster, "cluster"), caller);
  return noGateway(gateway);
};
export const disassociateGatewayFromCluster: Operation<"DisassociateGatewayFromCluster"> = async (
  { gateway, cluster },
  { store, caller },
) => {
  requireCluster(store.snapshot(), requireParameter(cluster, "cluster"), caller);
  return noGateway(gateway);
};

export const listGateways: Operation<"ListGateways"> = async () => ({ gateways: [] });
export const listGatewayClusterAssociations: Operation<"ListGatewayClusterAssociations"> = async () => ({
  gatewayClusterAssociations: [],
});
export const listGatewayRoutes: Operation<"ListGatewayRoutes"> = async ({ gateway }) =>
  gateway ? noGateway(gateway) : { gatewayRoutes: [] };

export const describeGatewayRoute: Operation<"DescribeGatewayRoute"> = async ({ gatewayRouteArn }) => {
  requireParameter(gatewayRouteArn, "gatewayRouteArn");
  throw new EcsError("ResourceNotFoundException", "The specified gateway route was not found.");
};

export const describeExpressGatewayService: Operation<"DescribeExpressGatewayService"> = async ({ serviceArn }) => {
  requireParameter(serviceArn, "serviceArn");
  throw new EcsError("ResourceNotFoundException", "The specified Express service was not found.");
};

/** @throws EcsError ServiceNotFoundException, also for a service that is no Express service */
function noExpressService(serviceArn: string | undefined): never {
  requireParameter(serviceArn, "serviceArn");
  throw new EcsError("ServiceNotFoundException", "Service not found.");
}
export const updateExpressGatewayService: Operation<"UpdateExpressGatewayService"> = async ({ serviceArn }) =>
  noExpressService(serviceArn);
export const deleteExpressGatewayService: Operation<"DeleteExpressGatewayService"> = async ({ serviceArn }) =>
  noExpressService(serviceArn);
