import type { ContainerDefinition, Secret } from "@aws-sdk/client-ecs";
import { type ChannelSecret, type ChannelTaskDefinitionContainer, parseArn } from "@hatoba/contract";

/** The secrets of a container and of its log driver, as the agent is to fetch them. Source: agent protocol, Secret. */
export const channelSecrets = (definition: ContainerDefinition, region: string): readonly ChannelSecret[] => [
  ...(definition.secrets ?? []).map((secret) => ({
    ...fetched(secret, region),
    type: "ENVIRONMENT_VARIABLE" as const,
    target: "CONTAINER" as const,
  })),
  ...(definition.logConfiguration?.secretOptions ?? []).map((secret) => ({
    ...fetched(secret, region),
    type: "BOOTSTRAP" as const,
    target: "LOG_DRIVER" as const,
  })),
];

/** A Secrets Manager ARN names its service; a parameter may go by a bare name, which is then of the task's own region. */
function fetched({ name = "", valueFrom = "" }: Secret, region: string) {
  const arn = parseArn(valueFrom);
  const provider: ChannelSecret["provider"] = arn?.service === "secretsmanager" ? "asm" : "ssm";
  return { name, valueFrom, provider, region: arn?.region || region };
}

/** How the agent logs in to a private registry: with the user and password in a secret. */
export function registryAuthentication(
  { repositoryCredentials }: ContainerDefinition,
  region: string,
): ChannelTaskDefinitionContainer["registryAuthentication"] {
  const credentialsParameter = repositoryCredentials?.credentialsParameter;
  if (credentialsParameter === undefined) return undefined;
  return {
    type: "asm",
    asmAuthData: { credentialsParameter, region: parseArn(credentialsParameter)?.region || region },
  };
}
