import { clusterArn, type Place, parseArn, serviceArn } from "@hatoba/contract";
import type { OperationName } from "../ecs/operation.ts";
import { services } from "./named-in-ecs.ts";
import { type Right, type RightsOf, textIn, textsIn } from "./right.ts";

/** The service that an ARN as `…:service-deployment/CLUSTER/SERVICE/ID` names, and its cluster. */
function serviceOfArn(arn: string, place: Place): { readonly cluster: string; readonly service: string } | undefined {
  const pattern = /^service-(?:deployment|revision)\/([^/]+)\/([^/]+)\//;
  const [, cluster, service] = pattern.exec(parseArn(arn)?.resource ?? "") ?? [];
  if (cluster === undefined || service === undefined) return undefined;
  return { cluster: clusterArn(place, cluster), service: serviceArn(place, cluster, service) };
}

/** Each of what a member names, one or several, and the service of each. */
const each =
  (member: string): RightsOf =>
  (input, { place }) => {
    const one = textIn(input, member);
    const rights = new Map<string, Right>();
    for (const resource of one === undefined ? textsIn(input, member) : [one]) {
      const of = serviceOfArn(resource, place);
      if (of) rights.set(of.service, { resource: of.service, keys: { "ecs:cluster": of.cluster } });
      rights.set(resource, { resource, keys: { "ecs:cluster": of?.cluster, "ecs:service": of?.service } });
    }
    return [...rights.values()];
  };

/**
 * What calls on service deployments and revisions need: the action on the service as well as on what is named.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Elastic Container Service".
 */
export const serviceDeploymentRights = {
  ContinueServiceDeployment: each("serviceDeploymentArn"),
  DescribeServiceDeployments: each("serviceDeploymentArns"),
  DescribeServiceRevisions: each("serviceRevisionArns"),
  ListServiceDeployments: services("service"),
  StopServiceDeployment: each("serviceDeploymentArn"),
} satisfies Partial<Record<OperationName, RightsOf>>;
