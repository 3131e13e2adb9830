import { clusterArn, lastSegment } from "@hatoba/contract";
import { clusterFrom, taskDefinitionFrom } from "../ecs/identifiers.ts";
import type { OperationName } from "../ecs/operation.ts";
import { capacityProviderRights } from "./capacity-provider-rights.ts";
import { daemonRights } from "./daemon-rights.ts";
import { keepsService, launches, newTaskSet, taskSets } from "./launch-rights.ts";
import {
  aCluster,
  anyRevision,
  below,
  clusterOf,
  inCluster,
  instances,
  type Keys,
  providerKey,
  services,
  tasks,
} from "./named-in-ecs.ts";
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
import { serviceDeploymentRights } from "./service-deployment-rights.ts";
import { taggingOf } from "./tagging.ts";

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

/** Actions that know no resources. Those on gateways are in no reference yet, beyond the condition key that names one. */
const anywhere: RightsOf = () => [everywhere];
const gateway: RightsOf = (input) => [{ ...everywhere, keys: { "ecs:gateway": textIn(input, "gateway") } }];

/** An Express service is a service, which calls name by its ARN. */
const expressService: RightsOf = (input, { place }) => {
  const resource = textIn(input, "serviceArn") ?? "*";
  const [, cluster] = /:service\/([^/]+)\/[^/]+$/.exec(resource) ?? [];
  return [{ resource, keys: { "ecs:cluster": cluster === undefined ? undefined : clusterArn(place, cluster) } }];
};

/** The key that ephemeral storage of Fargate is encrypted with. */
const storageKeys = (input: Input): Keys => {
  const storage = structureIn(structureIn(input, "configuration"), "managedStorageConfiguration");
  return { "ecs:fargate-ephemeral-storage-kms-key": textIn(storage, "fargateEphemeralStorageKmsKeyId") };
};

/** The condition keys of a new revision. */
function definitionKeys(input: Input): Keys {
  const runsOn = textsIn(input, "requiresCompatibilities");
  return {
    "ecs:compute-compatibility": runsOn.length === 0 ? undefined : runsOn,
    "ecs:privileged": String(structuresIn(input, "containerDefinitions").some((each) => each.privileged === true)),
    "ecs:task-cpu": textIn(input, "cpu"),
    "ecs:task-memory": textIn(input, "memory"),
  };
}

/**
 * What calls of ECS need. A test sees to it that each operation that is built is in here.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Elastic Container Service".
 */
export const ecsRights: Readonly<Partial<Record<OperationName, RightsOf>>> = {
  ...capacityProviderRights,
  ...daemonRights,
  ...serviceDeploymentRights,
  AssociateGatewayWithCluster: gateway,
  CreateCluster: (input, scope) => {
    const resource = clusterFrom(textIn(input, "clusterName"), scope.place).arn;
    const keys = {
      ...storageKeys(input),
      "ecs:capacity-provider": providerKey(textsIn(input, "capacityProviders"), scope),
    };
    return [{ resource, keys }, ...taggingOf("CreateCluster", () => resource)(input, scope)];
  },
  CreateService: (input, scope) => [
    ...keepsService("serviceName")(input, scope),
    ...taggingOf("CreateService", below("service"))(input, scope),
  ],
  CreateTaskSet: newTaskSet,
  DeleteAccountSetting: accountSetting,
  DeleteAttributes: (input, scope) => attributeTargets(input, scope),
  DeleteCluster: aCluster,
  DeleteExpressGatewayService: expressService,
  DeleteGateway: gateway,
  DeleteService: services("service"),
  DeleteTaskSet: taskSets("taskSet"),
  DeleteTaskDefinitions: (input, { place }) =>
    textsIn(input, "taskDefinitions").map((identifier) => ({
      resource: taskDefinitionFrom(identifier, place).arn ?? identifier,
    })),
  DeregisterContainerInstance: aCluster,
  DeregisterTaskDefinition: anywhere,
  DescribeClusters: (input, { place }) => {
    const named = textsIn(input, "clusters");
    return (named.length === 0 ? [undefined] : named).map((name) => ({ resource: clusterFrom(name, place).arn }));
  },
  DescribeContainerInstances: instances("containerInstances"),
  DescribeExpressGatewayService: expressService,
  DescribeGateway: gateway,
  DescribeGatewayResources: gateway,
  DescribeGatewayRoute: anywhere,
  DescribeServices: services("services"),
  DescribeTaskDefinition: anywhere,
  DescribeTaskSets: taskSets("taskSets"),
  DescribeTasks: tasks("tasks"),
  DisassociateGatewayFromCluster: gateway,
  DiscoverPollEndpoint: anywhere,
  ExecuteCommand: (input, scope) => {
    const keys = {
      ...inCluster(input, scope),
      "ecs:container-name": textIn(input, "container"),
      "ecs:task": tasks("task")(input, scope)[0]?.resource,
    };
    return [...aCluster(input, scope), ...tasks("task")(input, scope)].map((right) => ({ ...right, keys }));
  },
  GetTaskProtection: tasks("tasks"),
  ListAccountSettings: anywhere,
  ListAttributes: aCluster,
  ListClusters: anywhere,
  ListContainerInstances: aCluster,
  ListGatewayClusterAssociations: gateway,
  ListGatewayRoutes: gateway,
  ListGateways: anywhere,
  ListServices: clusterKey,
  ListServicesByNamespace: (input) => [{ ...everywhere, keys: { "ecs:namespace": textIn(input, "namespace") } }],
  ListTagsForResource: resourceArn,
  ListTaskDefinitionFamilies: anywhere,
  ListTaskDefinitions: anywhere,
  ListTasks: (input, scope) => {
    const one = instances("containerInstance")(input, scope);
    return one.length > 0
      ? one
      : [{ resource: below("container-instance")(input, scope), keys: inCluster(input, scope) }];
  },
  PutAccountSetting: accountSetting,
  PutAccountSettingDefault: accountSetting,
  PutAttributes: (input, scope) => attributeTargets(input, scope),
  RegisterContainerInstance: (input, scope) => [
    ...aCluster(input, scope),
    ...taggingOf("RegisterContainerInstance", below("container-instance"))(input, scope),
  ],
  RegisterTaskDefinition: (input, scope) => {
    const family = textIn(input, "family") ?? "*";
    const resource = anyRevision(family, scope.place);
    return [
      { resource, keys: definitionKeys(input) },
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
  UpdateCluster: (input, scope) => aCluster(input, scope).map((right) => ({ ...right, keys: storageKeys(input) })),
  UpdateClusterSettings: aCluster,
  UpdateContainerAgent: instances("containerInstance"),
  UpdateContainerInstancesState: instances("containerInstances"),
  UpdateExpressGatewayService: expressService,
  UpdateGateway: gateway,
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
