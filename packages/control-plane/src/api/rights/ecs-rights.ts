import { lastSegment, type Place, taskSetArn } from "@hatoba/contract";
import { effectiveSetting, rootArn } from "../ecs/account-settings.ts";
import {
  clusterFrom,
  containerInstanceFrom,
  type Named,
  serviceFrom,
  taskDefinitionFrom,
  taskFrom,
} from "../ecs/identifiers.ts";
import type { OperationName } from "../ecs/operation.ts";
import { newestActive } from "../ecs/require.ts";
import { daemonRights } from "./daemon-rights.ts";
import { passRoles } from "./pass-role.ts";
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

type Keys = NonNullable<Right["keys"]>;

const clusterOf = (input: Input, { place }: Scope): Named => clusterFrom(textIn(input, "cluster"), place);
const inCluster = (input: Input, scope: Scope): Keys => ({ "ecs:cluster": clusterOf(input, scope).arn });

const aCluster: RightsOf = (input, scope) => [{ resource: clusterOf(input, scope).arn }];

/** Each of what a member names, one or several, with the cluster as a condition key. */
const each =
  (member: string, read: (identifier: string, cluster: Named, place: Place) => Named): RightsOf =>
  (input, scope) => {
    const one = textIn(input, member);
    const named = one === undefined ? textsIn(input, member) : [one];
    const keys = inCluster(input, scope);
    const cluster = clusterOf(input, scope);
    return named.map((identifier) => ({ resource: read(identifier, cluster, scope.place).arn, keys }));
  };
const services = (member: string) => each(member, serviceFrom);
const tasks = (member: string) => each(member, taskFrom);
const instances = (member: string) => each(member, containerInstanceFrom);

const anyRevision = (family: string, { region, accountId }: Place) =>
  `arn:aws:ecs:${region}:${accountId}:task-definition/${family}:*`;

/** The revision that a call names, or means by a family alone. */
function taskDefinitionOf(input: Input, { place, snapshot }: Scope): string | undefined {
  const identifier = textIn(input, "taskDefinition");
  if (identifier === undefined) return undefined;
  const named = taskDefinitionFrom(identifier, place);
  return named.arn ?? newestActive(snapshot, named.family, place)?.arn ?? anyRevision(named.family, place);
}

/** Whether the account has switched the right to tag off. Source: ECS developer guide, "Tagging authorization". */
const isTaggingFree = ({ place, snapshot }: Scope): boolean =>
  effectiveSetting(snapshot, "tagResourceAuthorization", { ...place, arn: rootArn(place) }) === "off";

/** What new things are tagged with needs a right of its own. Source: ECS developer guide, "Tagging authorization". */
const taggingOf =
  (createAction: OperationName, resourceOf: (input: Input, scope: Scope) => string): RightsOf =>
  (input, scope) =>
    structuresIn(input, "tags").length === 0 || isTaggingFree(scope)
      ? []
      : [{ action: "ecs:TagResource", resource: resourceOf(input, scope), keys: { "ecs:CreateAction": createAction } }];

const below = (type: string) => (input: Input, scope: Scope) =>
  `arn:aws:ecs:${scope.place.region}:${scope.place.accountId}:${type}/${clusterOf(input, scope).name}/*`;

/** The condition keys of what starts tasks. */
function launchKeys(input: Input, scope: Scope): Keys {
  const { subnets, assignPublicIp } = structureIn(structureIn(input, "networkConfiguration"), "awsvpcConfiguration");
  const providers = structuresIn(input, "capacityProviderStrategy").map((item) => String(item.capacityProvider));
  const volumes = structuresIn(input, "volumeConfigurations");
  return {
    ...inCluster(input, scope),
    "ecs:enable-execute-command": String(input.enableExecuteCommand === true),
    "ecs:enable-ecs-managed-tags": String(input.enableECSManagedTags === true),
    "ecs:enable-ebs-volumes": String(volumes.length > 0),
    "ecs:propagate-tags": textIn(input, "propagateTags"),
    "ecs:capacity-provider": providers.length === 0 ? undefined : providers,
    "ecs:subnet": Array.isArray(subnets) ? (subnets as string[]) : undefined,
    "ecs:auto-assign-public-ip": typeof assignPublicIp === "string" ? String(assignPublicIp === "ENABLED") : undefined,
  };
}

const launches =
  (createAction: "RunTask" | "StartTask"): RightsOf =>
  (input, scope) => {
    const resource = taskDefinitionOf(input, scope);
    if (resource === undefined) return [everywhere];
    const targets = textsIn(input, "containerInstances");
    const keys = {
      ...launchKeys(input, scope),
      "ecs:container-instances": targets.length === 0 ? undefined : targets,
    };
    const registered = scope.snapshot.get("taskDefinition", resource)?.value.registered;
    const overrides = structureIn(input, "overrides");
    return [
      { resource, keys },
      ...taggingOf(createAction, below("task"))(input, scope),
      ...passRoles({ ...registered, ...withRoles(overrides) }, scope),
    ];
  };

/** Overrides put other roles in place of the task definition's. */
const withRoles = (input: Input) =>
  Object.fromEntries(
    ["taskRoleArn", "executionRoleArn"].flatMap((member) => {
      const role = textIn(input, member);
      return role === undefined ? [] : [[member, role]];
    }),
  );

const keepsService =
  (member: "serviceName" | "service"): RightsOf =>
  (input, scope) => {
    const keys = {
      ...launchKeys(input, scope),
      "ecs:task-definition": taskDefinitionOf(input, scope),
      "ecs:enable-service-connect": String(structureIn(input, "serviceConnectConfiguration").enabled === true),
      "ecs:namespace": textIn(structureIn(input, "serviceConnectConfiguration"), "namespace"),
    };
    return services(member)(input, scope).map((right) => ({ ...right, keys }));
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

/** Rights on a task set, with its service as a condition key. */
const taskSets =
  (member: string | undefined, isNew = false): RightsOf =>
  (input, scope) => {
    const identifier = member === undefined ? undefined : textIn(input, member);
    const keys = {
      ...(isNew ? launchKeys(input, scope) : inCluster(input, scope)),
      "ecs:service": serviceOf(input, scope),
      ...(isNew ? { "ecs:task-definition": taskDefinitionOf(input, scope) } : {}),
    };
    return [{ resource: taskSetResource(input, scope, identifier), keys }];
  };

/** A report is believed of the task that it names, whatever cluster the call names: so it takes the right on that one's too. */
const reports: RightsOf = (input, scope) => {
  const [, ofTask] = /:task\/([^/]+)\/[^/]+$/.exec(textIn(input, "task") ?? "") ?? [];
  const clusters = [clusterOf(input, scope), ...(ofTask === undefined ? [] : [clusterFrom(ofTask, scope.place)])];
  return onceEach(clusters.map(({ arn }) => arn));
};

/** The same of network interfaces: an attachment's ARN does not say whose it is, the task that has it does. */
const attachmentReports: RightsOf = (input, scope) => {
  const owners = structuresIn(input, "attachments").flatMap((attachment) => {
    const attachmentId = lastSegment(textIn(attachment, "attachmentArn") ?? "");
    return scope.snapshot.list("networkInterface", { attachmentId }).flatMap(({ value }) => {
      const task = scope.snapshot.get("task", value.taskArn)?.value;
      return task === undefined ? [] : [task.clusterArn];
    });
  });
  return onceEach([clusterOf(input, scope).arn, ...owners]);
};

const onceEach = (arns: readonly string[]): readonly Right[] => [...new Set(arns)].map((resource) => ({ resource }));

const resourceArn: RightsOf = (input) => [{ resource: textIn(input, "resourceArn") ?? "*" }];
const accountSetting: RightsOf = (input) => [{ ...everywhere, keys: { "ecs:account-setting": textIn(input, "name") } }];
const clusterKey: RightsOf = (input, scope) => [{ ...everywhere, keys: inCluster(input, scope) }];

/**
 * What calls of ECS need; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon ECS".
 */
export const ecsRights: Readonly<Partial<Record<OperationName, RightsOf>>> = {
  ...daemonRights({ taggingOf }),
  CreateCluster: (input, scope) => {
    const resource = clusterFrom(textIn(input, "clusterName"), scope.place).arn;
    return [{ resource }, ...taggingOf("CreateCluster", () => resource)(input, scope)];
  },
  CreateService: (input, scope) => [
    ...keepsService("serviceName")(input, scope),
    ...taggingOf("CreateService", below("service"))(input, scope),
  ],
  CreateTaskSet: (input, scope) => [
    ...taskSets(undefined, true)(input, scope),
    ...taggingOf("CreateTaskSet", taskSetResource)(input, scope),
  ],
  DeleteAccountSetting: accountSetting,
  DeleteAttributes: (input, scope) => attributeTargets(input, scope),
  DeleteCluster: aCluster,
  DeleteService: services("service"),
  DeleteTaskSet: taskSets("taskSet"),
  DeleteTaskDefinitions: (input, { place }) =>
    textsIn(input, "taskDefinitions").map((identifier) => ({
      resource: taskDefinitionFrom(identifier, place).arn ?? identifier,
    })),
  DeregisterContainerInstance: aCluster,
  DescribeClusters: (input, { place }) => {
    const named = textsIn(input, "clusters");
    return (named.length === 0 ? [undefined] : named).map((name) => ({ resource: clusterFrom(name, place).arn }));
  },
  DescribeContainerInstances: instances("containerInstances"),
  DescribeServices: services("services"),
  DescribeTaskSets: (input, scope) => {
    const keys = { ...inCluster(input, scope), "ecs:service": serviceOf(input, scope) };
    const named = textsIn(input, "taskSets");
    return (named.length === 0 ? [undefined] : named).map((id) => ({
      resource: taskSetResource(input, scope, id),
      keys,
    }));
  },
  DescribeTasks: tasks("tasks"),
  ExecuteCommand: (input, scope) => {
    const keys = {
      ...inCluster(input, scope),
      "ecs:container-name": textIn(input, "container"),
      "ecs:task": tasks("task")(input, scope)[0]?.resource,
    };
    return [...aCluster(input, scope), ...tasks("task")(input, scope)].map((right) => ({ ...right, keys }));
  },
  GetTaskProtection: tasks("tasks"),
  ListAttributes: aCluster,
  ListContainerInstances: aCluster,
  ListServices: clusterKey,
  ListTagsForResource: resourceArn,
  ListTasks: (input, scope) => {
    const one = instances("containerInstance")(input, scope);
    return one.length > 0
      ? one
      : [{ resource: below("container-instance")(input, scope), keys: inCluster(input, scope) }];
  },
  PutAccountSetting: accountSetting,
  PutAccountSettingDefault: accountSetting,
  PutAttributes: (input, scope) => attributeTargets(input, scope),
  PutClusterCapacityProviders: aCluster,
  RegisterContainerInstance: (input, scope) => [
    ...aCluster(input, scope),
    ...taggingOf("RegisterContainerInstance", below("container-instance"))(input, scope),
  ],
  RegisterTaskDefinition: (input, scope) => {
    const family = textIn(input, "family") ?? "*";
    const resource = anyRevision(family, scope.place);
    return [
      { resource, keys: { "ecs:task-cpu": textIn(input, "cpu"), "ecs:task-memory": textIn(input, "memory") } },
      ...taggingOf("RegisterTaskDefinition", () => resource)(input, scope),
      ...passRoles(input, scope),
    ];
  },
  RunTask: launches("RunTask"),
  StartTask: launches("StartTask"),
  StopTask: tasks("task"),
  SubmitAttachmentStateChanges: attachmentReports,
  SubmitContainerStateChange: reports,
  SubmitTaskStateChange: reports,
  TagResource: resourceArn,
  UntagResource: resourceArn,
  UpdateCluster: aCluster,
  UpdateClusterSettings: aCluster,
  UpdateContainerAgent: instances("containerInstance"),
  UpdateContainerInstancesState: instances("containerInstances"),
  UpdateService: keepsService("service"),
  UpdateServicePrimaryTaskSet: services("service"),
  UpdateTaskProtection: tasks("tasks"),
  UpdateTaskSet: taskSets("taskSet"),
};

/** The container instances whose attributes are changed; each is named once. */
function attributeTargets(input: Input, scope: Scope): readonly Right[] {
  const ids = structuresIn(input, "attributes").flatMap((attribute) => textIn(attribute, "targetId") ?? []);
  return instances("targets")({ ...input, targets: [...new Set(ids)] }, scope);
}
