import type { Place } from "@hatoba/contract";
import { type Role, roleArn } from "../../../model/role.ts";

interface ServiceLinked {
  readonly roleName: string;
  /** Empty for services whose policy this house does not know. */
  readonly policyArns: readonly string[];
}
const awsPolicy = (name: string) => `arn:aws:iam::aws:policy/aws-service-role/${name}`;

/** By service, the role that it makes for itself. Source: the services' guides, "Using service-linked roles". */
export const serviceLinkedRoles: Readonly<Partial<Record<string, ServiceLinked>>> = {
  "autoscaling.amazonaws.com": { roleName: "AWSServiceRoleForAutoScaling", policyArns: [] },
  "ecs.amazonaws.com": {
    roleName: "AWSServiceRoleForECS",
    policyArns: [awsPolicy("AmazonECSServiceRolePolicy")],
  },
  "ecs.application-autoscaling.amazonaws.com": {
    roleName: "AWSServiceRoleForApplicationAutoScaling_ECSService",
    policyArns: [],
  },
  "elasticloadbalancing.amazonaws.com": { roleName: "AWSServiceRoleForElasticLoadBalancing", policyArns: [] },
};

/** The role of a service, which nobody else may change. */
export function serviceLinkedRole(
  { roleName, policyArns }: ServiceLinked,
  given: {
    readonly serviceName: string;
    readonly caller: Pick<Place, "accountId">;
    readonly description: string | undefined;
    /** Epoch milliseconds. */
    readonly now: number;
  },
): Role {
  const path = `/aws-service-role/${given.serviceName}/`;
  return {
    roleName,
    path,
    arn: roleArn(given.caller, path, roleName),
    assumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Action: ["sts:AssumeRole"], Effect: "Allow", Principal: { Service: [given.serviceName] } }],
    }),
    ...(given.description === undefined ? {} : { description: given.description }),
    maxSessionDuration: 3600,
    inlinePolicies: [],
    attachedPolicyArns: policyArns,
    tags: [],
    createdAt: given.now,
  };
}

/** `task/aws-service-role/SERVICE/ROLE/UUID`; the UUID is always the same one: there is nothing to keep of a deletion. */
export const deletionTaskIdOf = ({ path, roleName }: Role): string =>
  `task${path}${roleName}/00000000-0000-4000-8000-000000000000`;

/** Whether `deletionTaskIdOf` gave it out. */
export const isDeletionTaskId = (id: string): boolean =>
  /^task\/aws-service-role\/[\w.-]+\/\w+\/00000000-0000-4000-8000-000000000000$/.test(id);
