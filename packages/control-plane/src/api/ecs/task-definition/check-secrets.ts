import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { NamedContainer } from "./check-containers.ts";
import { refuse } from "./refuse.ts";

/**
 * Environment, secrets, and what needs an execution role; and that roles look like roles.
 * Source of the texts: fabfuel/ecs-deploy 87, sil-org/ecs-deploy 188, dagster-io/dagster 11622,
 * virtual-kubelet 193, hashicorp/terraform-provider-aws 3051.
 */
export function checkSecrets(
  { executionRoleArn, taskRoleArn }: Pick<TaskDefinition["registered"], "executionRoleArn" | "taskRoleArn">,
  containers: readonly NamedContainer[],
  isFargate: boolean,
): void {
  for (const role of [executionRoleArn, taskRoleArn]) if (role && !isRole(role)) refuse("Role is not valid");
  for (const container of containers) {
    checkNames(container);
    checkFiles(container);
    if (!executionRoleArn) refuseWithoutRole(container, isFargate);
  }
}

const isRole = (role: string) => /^(arn:[^:]+:iam::\d{12}:role\/[\w+=,.@/-]+|[\w+=,.@-]{1,64})$/.test(role);

function checkNames({ name, environment = [], secrets = [] }: NamedContainer): void {
  const taken = new Set(environment.map((variable) => variable.name));
  for (const secret of secrets) {
    if (!secret.name || !secret.valueFrom) {
      refuse(`Invalid 'secrets' setting for container '${name}'. A secret needs a name and a valueFrom.`);
    }
    if (taken.has(secret.name)) {
      refuse(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${secret.name}'.`,
      );
    }
    taken.add(secret.name);
  }
}

function checkFiles({ name, environmentFiles = [] }: NamedContainer): void {
  if (environmentFiles.length > 10) refuse(`Container '${name}' can have 10 environmentFiles at the most.`);
  for (const { value = "" } of environmentFiles) {
    if (!/^arn:[^:]+:s3:::.+\/.+\.env$/.test(value)) {
      refuse(`Invalid environment file '${value}'. It must be the ARN of an Amazon S3 object that ends in .env.`);
    }
  }
}

const isEcrImage = (image: string) => /^\d{12}\.dkr[.-]ecr[.-]/.test(image);

function refuseWithoutRole(
  { secrets, repositoryCredentials, environmentFiles, logConfiguration, image }: NamedContainer,
  isFargate: boolean,
): void {
  if (secrets?.length || logConfiguration?.secretOptions?.length) {
    refuse("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  }
  if (repositoryCredentials !== undefined) {
    refuse("Private repository authentication requires that the task definition specify a value for executionRoleArn.");
  }
  if (environmentFiles?.length) {
    refuse("When you are specifying environment files, you must also specify a value for 'executionRoleArn'.");
  }
  if (!isFargate) return;
  if (logConfiguration?.logDriver === "awslogs") {
    refuse("Fargate requires task definition to have execution role ARN to support log driver awslogs.");
  }
  if (isEcrImage(image)) refuse("Fargate requires task definition to have execution role ARN to support ECR images.");
}
