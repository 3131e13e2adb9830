import { taskSetArn } from "@hatoba/contract";
import { serviceFrom } from "../ecs/identifiers.ts";
import { below, clusterOf, inCluster, type Keys, providerKey, services, taskDefinitionOf } from "./named-in-ecs.ts";
import { passInfrastructureRoles, passRoles } from "./pass-role.ts";
import {
  everywhere,
  type Input,
  type Right,
  type RightsOf,
  type Scope,
  structureIn,
  structuresIn,
  textIn,
  textsIn,
} from "./right.ts";
import { taggingOf } from "./tagging.ts";

/** The condition keys of what starts tasks. */
function launchKeys(input: Input, scope: Scope): Keys {
  const { subnets, assignPublicIp } = structureIn(structureIn(input, "networkConfiguration"), "awsvpcConfiguration");
  const providers = structuresIn(input, "capacityProviderStrategy").map((item) => String(item.capacityProvider));
  return {
    ...inCluster(input, scope),
    "ecs:enable-execute-command": String(input.enableExecuteCommand === true),
    "ecs:enable-ecs-managed-tags": String(input.enableECSManagedTags === true),
    "ecs:enable-ebs-volumes": String(structuresIn(input, "volumeConfigurations").length > 0),
    "ecs:propagate-tags": textIn(input, "propagateTags"),
    "ecs:capacity-provider": providerKey(providers, scope),
    "ecs:subnet": Array.isArray(subnets) ? (subnets as string[]) : undefined,
    "ecs:auto-assign-public-ip": typeof assignPublicIp === "string" ? String(assignPublicIp === "ENABLED") : undefined,
  };
}

/** What is known of the revision that a call names, or means. */
const registeredOf = (input: Input, scope: Scope): Input => {
  const arn = taskDefinitionOf(input, scope);
  return (arn === undefined ? undefined : scope.snapshot.get("taskDefinition", arn)?.value.registered) ?? {};
};

/**
 * The roles that a call hands on: to the tasks those of their task definition, or those that take their place; to ECS those
 * that it makes volumes and steers load balancers with. A role in a task definition is also passed by whoever makes a
 * service of it. Source: Service Authorization Reference, Amazon ECS, operations with iam:PassRole.
 */
function handedOn(input: Input, scope: Scope): readonly Right[] {
  const volumes = structuresIn(input, "volumeConfigurations").map((each) => structureIn(each, "managedEBSVolume"));
  return [
    ...passRoles({ ...registeredOf(input, scope), ...withRoles(structureIn(input, "overrides")) }, scope),
    ...passInfrastructureRoles([textIn(input, "role"), ...volumes.map((each) => textIn(each, "roleArn"))], scope),
  ];
}

/** Overrides put other roles in place of the task definition's. */
const withRoles = (input: Input) =>
  Object.fromEntries(
    ["taskRoleArn", "executionRoleArn"].flatMap((member) => {
      const role = textIn(input, member);
      return role === undefined ? [] : [[member, role]];
    }),
  );

/** Rights on the task definition that is started, on tags of its tasks, and on their roles. */
export const launches =
  (createAction: "RunTask" | "StartTask"): RightsOf =>
  (input, scope) => {
    const resource = taskDefinitionOf(input, scope);
    if (resource === undefined) return [everywhere];
    const targets = textsIn(input, "containerInstances");
    const keys = {
      ...launchKeys(input, scope),
      "ecs:container-instances": targets.length === 0 ? undefined : targets,
    };
    return [{ resource, keys }, ...taggingOf(createAction, below("task"))(input, scope), ...handedOn(input, scope)];
  };

/** Rights on a service that is made or changed, and on the roles that its tasks get by that. */
export const keepsService =
  (member: "serviceName" | "service"): RightsOf =>
  (input, scope) => {
    const { cpu, memory } = registeredOf(input, scope);
    const keys = {
      ...launchKeys(input, scope),
      "ecs:task-definition": taskDefinitionOf(input, scope),
      "ecs:task-cpu": typeof cpu === "string" ? cpu : undefined,
      "ecs:task-memory": typeof memory === "string" ? memory : undefined,
      "ecs:enable-service-connect": String(structureIn(input, "serviceConnectConfiguration").enabled === true),
      "ecs:enable-vpc-lattice": String(structuresIn(input, "vpcLatticeConfigurations").length > 0),
      "ecs:namespace": textIn(structureIn(input, "serviceConnectConfiguration"), "namespace"),
    };
    return [...services(member)(input, scope).map((right) => ({ ...right, keys })), ...handedOn(input, scope)];
  };

const serviceOf = (input: Input, scope: Scope): string | undefined => {
  const named = textIn(input, "service");
  return named === undefined ? undefined : serviceFrom(named, clusterOf(input, scope), scope.place).arn;
};

/** A task set that a call names, or any of its service. */
function taskSetResource(input: Input, scope: Scope, identifier?: string): string {
  if (identifier?.startsWith("arn:")) return identifier;
  const cluster = clusterOf(input, scope);
  const named = textIn(input, "service");
  const service = named === undefined ? "*" : serviceFrom(named, cluster, scope.place).name;
  const id = identifier === undefined ? "*" : identifier.replace(/^(?!ecs-svc\/)/, "ecs-svc/");
  return taskSetArn(scope.place, cluster.name, service, id);
}

/** Rights on a new task set, on its tags, and on the roles of its tasks; its service is a condition key. */
export const newTaskSet: RightsOf = (input, scope) => {
  const keys = {
    ...launchKeys(input, scope),
    "ecs:service": serviceOf(input, scope),
    "ecs:task-definition": taskDefinitionOf(input, scope),
  };
  return [
    { resource: taskSetResource(input, scope), keys },
    ...taggingOf("CreateTaskSet", taskSetResource)(input, scope),
    ...handedOn(input, scope),
  ];
};

/** Rights on the task sets that a member names, one or several, or on all of the service for none; it is a condition key. */
export const taskSets =
  (member: "taskSet" | "taskSets"): RightsOf =>
  (input, scope) => {
    const keys = { ...inCluster(input, scope), "ecs:service": serviceOf(input, scope) };
    const one = textIn(input, member);
    const named = one === undefined ? textsIn(input, member) : [one];
    return (named.length === 0 ? [undefined] : named).map((id) => ({
      resource: taskSetResource(input, scope, id),
      keys,
    }));
  };
