import type { NotBuilt, OperationTable } from "./operation.ts";
import { createCluster } from "./operations/create-cluster.ts";
import { deleteCluster } from "./operations/delete-cluster.ts";
import { deregisterContainerInstance } from "./operations/deregister-container-instance.ts";
import { describeClusters } from "./operations/describe-clusters.ts";
import { describeContainerInstances } from "./operations/describe-container-instances.ts";
import { discoverPollEndpoint } from "./operations/discover-poll-endpoint.ts";
import { listClusters } from "./operations/list-clusters.ts";
import { listContainerInstances } from "./operations/list-container-instances.ts";
import { putClusterCapacityProviders } from "./operations/put-cluster-capacity-providers.ts";
import { registerContainerInstance } from "./operations/register-container-instance.ts";
import { updateCluster } from "./operations/update-cluster.ts";
import { updateClusterSettings } from "./operations/update-cluster-settings.ts";
import { updateContainerAgent } from "./operations/update-container-agent.ts";
import { updateContainerInstancesState } from "./operations/update-container-instances-state.ts";

/** Says in one sentence what is missing; the caller reads it. */
const notBuilt = (notBuilt: string): NotBuilt => ({ notBuilt });

/** Every operation of the ECS client. The compiler refuses a table that misses one. */
export const operations = {
  AssociateGatewayWithCluster: notBuilt("Hatoba does not have AssociateGatewayWithCluster yet."),
  ContinueServiceDeployment: notBuilt("Hatoba does not have ContinueServiceDeployment yet."),
  CreateCapacityProvider: notBuilt("Hatoba does not have CreateCapacityProvider yet."),
  CreateCluster: createCluster,
  CreateDaemon: notBuilt("Hatoba does not have CreateDaemon yet."),
  CreateExpressGatewayService: notBuilt("Hatoba does not have CreateExpressGatewayService yet."),
  CreateGateway: notBuilt("Hatoba does not have CreateGateway yet."),
  CreateService: notBuilt("Hatoba does not have CreateService yet."),
  CreateTaskSet: notBuilt("Hatoba does not have CreateTaskSet yet."),
  DeleteAccountSetting: notBuilt("Hatoba does not have DeleteAccountSetting yet."),
  DeleteAttributes: notBuilt("Hatoba does not have DeleteAttributes yet."),
  DeleteCapacityProvider: notBuilt("Hatoba does not have DeleteCapacityProvider yet."),
  DeleteCluster: deleteCluster,
  DeleteDaemon: notBuilt("Hatoba does not have DeleteDaemon yet."),
  DeleteDaemonTaskDefinition: notBuilt("Hatoba does not have DeleteDaemonTaskDefinition yet."),
  DeleteExpressGatewayService: notBuilt("Hatoba does not have DeleteExpressGatewayService yet."),
  DeleteGateway: notBuilt("Hatoba does not have DeleteGateway yet."),
  DeleteService: notBuilt("Hatoba does not have DeleteService yet."),
  DeleteTaskDefinitions: notBuilt("Hatoba does not have DeleteTaskDefinitions yet."),
  DeleteTaskSet: notBuilt("Hatoba does not have DeleteTaskSet yet."),
  DeregisterContainerInstance: deregisterContainerInstance,
  DeregisterTaskDefinition: notBuilt("Hatoba does not have DeregisterTaskDefinition yet."),
  DescribeCapacityProviders: notBuilt("Hatoba does not have DescribeCapacityProviders yet."),
  DescribeClusters: describeClusters,
  DescribeContainerInstances: describeContainerInstances,
  DescribeDaemon: notBuilt("Hatoba does not have DescribeDaemon yet."),
  DescribeDaemonDeployments: notBuilt("Hatoba does not have DescribeDaemonDeployments yet."),
  DescribeDaemonRevisions: notBuilt("Hatoba does not have DescribeDaemonRevisions yet."),
  DescribeDaemonTaskDefinition: notBuilt("Hatoba does not have DescribeDaemonTaskDefinition yet."),
  DescribeExpressGatewayService: notBuilt("Hatoba does not have DescribeExpressGatewayService yet."),
  DescribeGateway: notBuilt("Hatoba does not have DescribeGateway yet."),
  DescribeGatewayResources: notBuilt("Hatoba does not have DescribeGatewayResources yet."),
  DescribeGatewayRoute: notBuilt("Hatoba does not have DescribeGatewayRoute yet."),
  DescribeServiceDeployments: notBuilt("Hatoba does not have DescribeServiceDeployments yet."),
  DescribeServiceRevisions: notBuilt("Hatoba does not have DescribeServiceRevisions yet."),
  DescribeServices: notBuilt("Hatoba does not have DescribeServices yet."),
  DescribeTaskDefinition: notBuilt("Hatoba does not have DescribeTaskDefinition yet."),
  DescribeTaskSets: notBuilt("Hatoba does not have DescribeTaskSets yet."),
  DescribeTasks: notBuilt("Hatoba does not have DescribeTasks yet."),
  DisassociateGatewayFromCluster: notBuilt("Hatoba does not have DisassociateGatewayFromCluster yet."),
  DiscoverPollEndpoint: discoverPollEndpoint,
  ExecuteCommand: notBuilt("Hatoba does not have ExecuteCommand yet."),
  GetTaskProtection: notBuilt("Hatoba does not have GetTaskProtection yet."),
  ListAccountSettings: notBuilt("Hatoba does not have ListAccountSettings yet."),
  ListAttributes: notBuilt("Hatoba does not have ListAttributes yet."),
  ListClusters: listClusters,
  ListContainerInstances: listContainerInstances,
  ListDaemonDeployments: notBuilt("Hatoba does not have ListDaemonDeployments yet."),
  ListDaemonTaskDefinitions: notBuilt("Hatoba does not have ListDaemonTaskDefinitions yet."),
  ListDaemons: notBuilt("Hatoba does not have ListDaemons yet."),
  ListGatewayClusterAssociations: notBuilt("Hatoba does not have ListGatewayClusterAssociations yet."),
  ListGatewayRoutes: notBuilt("Hatoba does not have ListGatewayRoutes yet."),
  ListGateways: notBuilt("Hatoba does not have ListGateways yet."),
  ListServiceDeployments: notBuilt("Hatoba does not have ListServiceDeployments yet."),
  ListServices: notBuilt("Hatoba does not have ListServices yet."),
  ListServicesByNamespace: notBuilt("Hatoba does not have ListServicesByNamespace yet."),
  ListTagsForResource: notBuilt("Hatoba does not have ListTagsForResource yet."),
  ListTaskDefinitionFamilies: notBuilt("Hatoba does not have ListTaskDefinitionFamilies yet."),
  ListTaskDefinitions: notBuilt("Hatoba does not have ListTaskDefinitions yet."),
  ListTasks: notBuilt("Hatoba does not have ListTasks yet."),
  PutAccountSetting: notBuilt("Hatoba does not have PutAccountSetting yet."),
  PutAccountSettingDefault: notBuilt("Hatoba does not have PutAccountSettingDefault yet."),
  PutAttributes: notBuilt("Hatoba does not have PutAttributes yet."),
  PutClusterCapacityProviders: putClusterCapacityProviders,
  RegisterContainerInstance: registerContainerInstance,
  RegisterDaemonTaskDefinition: notBuilt("Hatoba does not have RegisterDaemonTaskDefinition yet."),
  RegisterTaskDefinition: notBuilt("Hatoba does not have RegisterTaskDefinition yet."),
  RunTask: notBuilt("Hatoba does not have RunTask yet."),
  StartTask: notBuilt("Hatoba does not have StartTask yet."),
  StopServiceDeployment: notBuilt("Hatoba does not have StopServiceDeployment yet."),
  StopTask: notBuilt("Hatoba does not have StopTask yet."),
  SubmitAttachmentStateChanges: notBuilt("Hatoba does not have SubmitAttachmentStateChanges yet."),
  SubmitContainerStateChange: notBuilt("Hatoba does not have SubmitContainerStateChange yet."),
  SubmitTaskStateChange: notBuilt("Hatoba does not have SubmitTaskStateChange yet."),
  TagResource: notBuilt("Hatoba does not have TagResource yet."),
  UntagResource: notBuilt("Hatoba does not have UntagResource yet."),
  UpdateCapacityProvider: notBuilt("Hatoba does not have UpdateCapacityProvider yet."),
  UpdateCluster: updateCluster,
  UpdateClusterSettings: updateClusterSettings,
  UpdateContainerAgent: updateContainerAgent,
  UpdateContainerInstancesState: updateContainerInstancesState,
  UpdateDaemon: notBuilt("Hatoba does not have UpdateDaemon yet."),
  UpdateExpressGatewayService: notBuilt("Hatoba does not have UpdateExpressGatewayService yet."),
  UpdateGateway: notBuilt("Hatoba does not have UpdateGateway yet."),
  UpdateService: notBuilt("Hatoba does not have UpdateService yet."),
  UpdateServicePrimaryTaskSet: notBuilt("Hatoba does not have UpdateServicePrimaryTaskSet yet."),
  UpdateTaskProtection: notBuilt("Hatoba does not have UpdateTaskProtection yet."),
  UpdateTaskSet: notBuilt("Hatoba does not have UpdateTaskSet yet."),
} satisfies OperationTable;
