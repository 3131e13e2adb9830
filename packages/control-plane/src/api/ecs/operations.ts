import {
  associateGatewayWithCluster,
  deleteExpressGatewayService,
  deleteGateway,
  describeExpressGatewayService,
  describeGateway,
  describeGatewayResources,
  describeGatewayRoute,
  disassociateGatewayFromCluster,
  listGatewayClusterAssociations,
  listGatewayRoutes,
  listGateways,
  updateExpressGatewayService,
  updateGateway,
  whyNoGateways,
} from "./absent/gateways.ts";
import { createDaemon, deleteDaemon, updateDaemon } from "./daemons/daemons.ts";
import {
  describeDaemon,
  describeDaemonDeployments,
  describeDaemonRevisions,
  listDaemonDeployments,
  listDaemons,
} from "./daemons/read-daemons.ts";
import {
  deleteDaemonTaskDefinition,
  describeDaemonTaskDefinition,
  listDaemonTaskDefinitions,
  registerDaemonTaskDefinition,
} from "./daemons/task-definitions.ts";
import type { NotBuilt, OperationTable } from "./operation.ts";
import { continueServiceDeployment } from "./operations/continue-service-deployment.ts";
import { createCapacityProvider } from "./operations/create-capacity-provider.ts";
import { createCluster } from "./operations/create-cluster.ts";
import { createService } from "./operations/create-service.ts";
import { createTaskSet } from "./operations/create-task-set.ts";
import { deleteAccountSetting } from "./operations/delete-account-setting.ts";
import { deleteAttributes } from "./operations/delete-attributes.ts";
import { deleteCapacityProvider } from "./operations/delete-capacity-provider.ts";
import { deleteCluster } from "./operations/delete-cluster.ts";
import { deleteService } from "./operations/delete-service.ts";
import { deleteTaskDefinitions } from "./operations/delete-task-definitions.ts";
import { deleteTaskSet } from "./operations/delete-task-set.ts";
import { deregisterContainerInstance } from "./operations/deregister-container-instance.ts";
import { deregisterTaskDefinition } from "./operations/deregister-task-definition.ts";
import { describeCapacityProviders } from "./operations/describe-capacity-providers.ts";
import { describeClusters } from "./operations/describe-clusters.ts";
import { describeContainerInstances } from "./operations/describe-container-instances.ts";
import { describeServiceDeployments } from "./operations/describe-service-deployments.ts";
import { describeServiceRevisions } from "./operations/describe-service-revisions.ts";
import { describeServices } from "./operations/describe-services.ts";
import { describeTaskDefinition } from "./operations/describe-task-definition.ts";
import { describeTaskSets } from "./operations/describe-task-sets.ts";
import { describeTasks } from "./operations/describe-tasks.ts";
import { discoverPollEndpoint } from "./operations/discover-poll-endpoint.ts";
import { executeCommand } from "./operations/execute-command.ts";
import { getTaskProtection } from "./operations/get-task-protection.ts";
import { listAccountSettings } from "./operations/list-account-settings.ts";
import { listAttributes } from "./operations/list-attributes.ts";
import { listClusters } from "./operations/list-clusters.ts";
import { listContainerInstances } from "./operations/list-container-instances.ts";
import { listServiceDeployments } from "./operations/list-service-deployments.ts";
import { listServices } from "./operations/list-services.ts";
import { listServicesByNamespace } from "./operations/list-services-by-namespace.ts";
import { listTagsForResource } from "./operations/list-tags-for-resource.ts";
import { listTaskDefinitionFamilies } from "./operations/list-task-definition-families.ts";
import { listTaskDefinitions } from "./operations/list-task-definitions.ts";
import { listTasks } from "./operations/list-tasks.ts";
import { putAccountSetting } from "./operations/put-account-setting.ts";
import { putAccountSettingDefault } from "./operations/put-account-setting-default.ts";
import { putAttributes } from "./operations/put-attributes.ts";
import { putClusterCapacityProviders } from "./operations/put-cluster-capacity-providers.ts";
import { registerContainerInstance } from "./operations/register-container-instance.ts";
import { registerTaskDefinition } from "./operations/register-task-definition.ts";
import { runTask } from "./operations/run-task.ts";
import { startTask } from "./operations/start-task.ts";
import { stopServiceDeployment } from "./operations/stop-service-deployment.ts";
import { stopTask } from "./operations/stop-task.ts";
import { submitAttachmentStateChanges } from "./operations/submit-attachment-state-changes.ts";
import { submitContainerStateChange } from "./operations/submit-container-state-change.ts";
import { submitTaskStateChange } from "./operations/submit-task-state-change.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateCapacityProvider } from "./operations/update-capacity-provider.ts";
import { updateCluster } from "./operations/update-cluster.ts";
import { updateClusterSettings } from "./operations/update-cluster-settings.ts";
import { updateContainerAgent } from "./operations/update-container-agent.ts";
import { updateContainerInstancesState } from "./operations/update-container-instances-state.ts";
import { updateService } from "./operations/update-service.ts";
import { updateServicePrimaryTaskSet } from "./operations/update-service-primary-task-set.ts";
import { updateTaskProtection } from "./operations/update-task-protection.ts";
import { updateTaskSet } from "./operations/update-task-set.ts";

/** Says in one sentence what is missing; the caller reads it. */
const notBuilt = (notBuilt: string): NotBuilt => ({ notBuilt });

/** Every operation of the ECS client. The compiler refuses a table that misses one. */
export const operations = {
  AssociateGatewayWithCluster: associateGatewayWithCluster,
  ContinueServiceDeployment: continueServiceDeployment,
  CreateCapacityProvider: createCapacityProvider,
  CreateCluster: createCluster,
  CreateDaemon: createDaemon,
  CreateExpressGatewayService: notBuilt(whyNoGateways),
  CreateGateway: notBuilt(whyNoGateways),
  CreateService: createService,
  CreateTaskSet: createTaskSet,
  DeleteAccountSetting: deleteAccountSetting,
  DeleteAttributes: deleteAttributes,
  DeleteCapacityProvider: deleteCapacityProvider,
  DeleteCluster: deleteCluster,
  DeleteDaemon: deleteDaemon,
  DeleteDaemonTaskDefinition: deleteDaemonTaskDefinition,
  DeleteExpressGatewayService: deleteExpressGatewayService,
  DeleteGateway: deleteGateway,
  DeleteService: deleteService,
  DeleteTaskDefinitions: deleteTaskDefinitions,
  DeleteTaskSet: deleteTaskSet,
  DeregisterContainerInstance: deregisterContainerInstance,
  DeregisterTaskDefinition: deregisterTaskDefinition,
  DescribeCapacityProviders: describeCapacityProviders,
  DescribeClusters: describeClusters,
  DescribeContainerInstances: describeContainerInstances,
  DescribeDaemon: describeDaemon,
  DescribeDaemonDeployments: describeDaemonDeployments,
  DescribeDaemonRevisions: describeDaemonRevisions,
  DescribeDaemonTaskDefinition: describeDaemonTaskDefinition,
  DescribeExpressGatewayService: describeExpressGatewayService,
  DescribeGateway: describeGateway,
  DescribeGatewayResources: describeGatewayResources,
  DescribeGatewayRoute: describeGatewayRoute,
  DescribeServiceDeployments: describeServiceDeployments,
  DescribeServiceRevisions: describeServiceRevisions,
  DescribeServices: describeServices,
  DescribeTaskDefinition: describeTaskDefinition,
  DescribeTaskSets: describeTaskSets,
  DescribeTasks: describeTasks,
  DisassociateGatewayFromCluster: disassociateGatewayFromCluster,
  DiscoverPollEndpoint: discoverPollEndpoint,
  ExecuteCommand: executeCommand,
  GetTaskProtection: getTaskProtection,
  ListAccountSettings: listAccountSettings,
  ListAttributes: listAttributes,
  ListClusters: listClusters,
  ListContainerInstances: listContainerInstances,
  ListDaemonDeployments: listDaemonDeployments,
  ListDaemonTaskDefinitions: listDaemonTaskDefinitions,
  ListDaemons: listDaemons,
  ListGatewayClusterAssociations: listGatewayClusterAssociations,
  ListGatewayRoutes: listGatewayRoutes,
  ListGateways: listGateways,
  ListServiceDeployments: listServiceDeployments,
  ListServices: listServices,
  ListServicesByNamespace: listServicesByNamespace,
  ListTagsForResource: listTagsForResource,
  ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
  ListTaskDefinitions: listTaskDefinitions,
  ListTasks: listTasks,
  PutAccountSetting: putAccountSetting,
  PutAccountSettingDefault: putAccountSettingDefault,
  PutAttributes: putAttributes,
  PutClusterCapacityProviders: putClusterCapacityProviders,
  RegisterContainerInstance: registerContainerInstance,
  RegisterDaemonTaskDefinition: registerDaemonTaskDefinition,
  RegisterTaskDefinition: registerTaskDefinition,
  RunTask: runTask,
  StartTask: startTask,
  StopServiceDeployment: stopServiceDeployment,
  StopTask: stopTask,
  SubmitAttachmentStateChanges: submitAttachmentStateChanges,
  SubmitContainerStateChange: submitContainerStateChange,
  SubmitTaskStateChange: submitTaskStateChange,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateCapacityProvider: updateCapacityProvider,
  UpdateCluster: updateCluster,
  UpdateClusterSettings: updateClusterSettings,
  UpdateContainerAgent: updateContainerAgent,
  UpdateContainerInstancesState: updateContainerInstancesState,
  UpdateDaemon: updateDaemon,
  UpdateExpressGatewayService: updateExpressGatewayService,
  UpdateGateway: updateGateway,
  UpdateService: updateService,
  UpdateServicePrimaryTaskSet: updateServicePrimaryTaskSet,
  UpdateTaskProtection: updateTaskProtection,
  UpdateTaskSet: updateTaskSet,
} satisfies OperationTable;
