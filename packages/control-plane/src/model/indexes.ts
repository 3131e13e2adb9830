import type { Kind, Resources } from "./resources.ts";

/** The fields by which each kind is looked up; the store keeps an index for each. */
export const indexes: { readonly [K in Kind]: readonly (keyof Resources[K])[] } = {
  cluster: ["status"],
  taskDefinition: ["family", "status"],
  taskDefinitionFamily: [],
  service: ["clusterArn", "taskDefinition"],
  deployment: ["serviceArn"],
  serviceEvents: ["serviceArn"],
  task: [
    "clusterArn",
    "containerInstanceArn",
    "serviceArn",
    "deploymentId",
    "family",
    "startedBy",
    "group",
    "lastStatus",
    "taskDefinitionArn",
  ],
  containerInstance: ["clusterArn", "capacity", "registrationToken", "ec2InstanceId"],
  clientToken: [],
  accountSetting: ["principalArn"],
  vpc: [],
  subnet: ["vpcId"],
  securityGroup: ["vpcId"],
  networkInterface: ["taskArn", "subnetId", "attachmentId"],
  role: [],
  managedPolicy: [],
  activation: [],
  managedInstance: ["accessKeyId"],
  session: ["status", "containerInstanceArn"],
};
