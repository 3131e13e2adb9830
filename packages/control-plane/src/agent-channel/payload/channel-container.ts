import type { ContainerDefinition, ContainerOverride, KeyValuePair, PortMapping } from "@aws-sdk/client-ecs";
import type { ChannelPortMapping, ChannelTaskDefinitionContainer, LaunchType } from "@hatoba/contract";
import { imageAt } from "../../model/pinned-images.ts";
import { channelSecrets, registryAuthentication } from "./channel-secret.ts";
import { dockerConfig } from "./docker-config.ts";
import { dockerHostConfig, type HostConfigContext } from "./docker-host-config.ts";
import { filled, present } from "./present.ts";

/** What stands around a container of one task. */
export interface ContainerContext extends HostConfigContext {
  readonly launchType: LaunchType;
  readonly region: string;
  /** As `1.24`: the Docker API that the task definition needs. */
  readonly dockerApiVersion: string;
  readonly containerArn: string;
  readonly override: ContainerOverride | undefined;
  /** What its image is to resolve to, once that is established for its deployment. */
  readonly imageDigest?: string | undefined;
  /** ECS Exec is to work in it. */
  readonly withExec?: boolean;
}

/** What a container finds in AWS_EXECUTION_ENV. Source: agent protocol, environment injected into every container. */
const executionEnvironment: Record<LaunchType, string> = {
  EC2: "AWS_ECS_EC2",
  FARGATE: "AWS_ECS_FARGATE",
  EXTERNAL: "AWS_ECS_EXTERNAL",
};

/** One container as the agent is to run it: the definition with the task's overrides in it. Source: agent protocol, Container. */
export function channelContainer(
  registered: ContainerDefinition,
  context: ContainerContext,
): ChannelTaskDefinitionContainer {
  const definition = withOverride(registered, context.override);
  return {
    name: definition.name ?? "",
    image: imageAt(definition.image ?? "", context.imageDigest),
    cpu: definition.cpu ?? 0,
    memory: definition.memory ?? 0,
    essential: definition.essential ?? true,
    environment: { AWS_EXECUTION_ENV: executionEnvironment[context.launchType], ...variables(definition.environment) },
    portMappings: (definition.portMappings ?? []).map((mapping) => portMapping(mapping, context.networkMode)),
    mountPoints: (definition.mountPoints ?? []).map(({ sourceVolume = "", containerPath = "", readOnly = false }) => ({
      sourceVolume,
      containerPath,
      readOnly,
    })),
    volumesFrom: (definition.volumesFrom ?? []).map(({ sourceContainer = "", readOnly = false }) => ({
      sourceContainer,
      readOnly,
    })),
    ...present({
      command: filled(definition.command),
      entryPoint: filled(definition.entryPoint),
      links: filled(definition.links),
      dependsOn: filled(definition.dependsOn)?.map(({ containerName = "", condition = "START" }) => ({
        containerName,
        condition,
      })),
      startTimeout: definition.startTimeout,
      stopTimeout: definition.stopTimeout,
      restartPolicy: restartPolicy(definition),
      healthCheckType: definition.healthCheck && ("docker" as const),
      environmentFiles: filled(definition.environmentFiles)?.map(({ value = "" }) => ({ value, type: "s3" as const })),
      secrets: filled(channelSecrets(definition, context.region)),
      registryAuthentication: registryAuthentication(definition, context.region),
      firelensConfiguration: definition.firelensConfiguration && {
        type: definition.firelensConfiguration.type ?? "fluentbit",
        options: definition.firelensConfiguration.options ?? {},
      },
      credentialSpecs: filled(definition.credentialSpecs),
      managedAgents: context.withExec ? [{ name: "ExecuteCommandAgent" as const, properties: {} }] : undefined,
    }),
    dockerConfig: {
      version: context.dockerApiVersion,
      config: JSON.stringify(dockerConfig(definition)),
      hostConfig: JSON.stringify(dockerHostConfig(definition, context)),
    },
    containerArn: context.containerArn,
    // The overrides are applied already.
    overrides: "{}",
  };
}

/** Lists and numbers of an override replace the definition's; variables are added to them and win. */
function withOverride(definition: ContainerDefinition, override: ContainerOverride = {}): ContainerDefinition {
  const { environment, command, cpu, memory, memoryReservation, environmentFiles } = override;
  return {
    ...definition,
    ...present({ command: filled(command)?.slice(), cpu, memory, memoryReservation }),
    ...present({ environmentFiles: filled(environmentFiles)?.slice() }),
    environment: [...(definition.environment ?? []), ...(environment ?? [])],
  };
}

const variables = (pairs: readonly KeyValuePair[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value ?? ""]])));

/** Without its own port on the host a bridge container gets one from the agent; elsewhere both are the same. */
function portMapping(mapping: PortMapping, networkMode: HostConfigContext["networkMode"]): ChannelPortMapping {
  const { containerPort = 0, hostPort, containerPortRange, protocol = "tcp" } = mapping;
  if (containerPortRange !== undefined) return { containerPortRange, protocol };
  const own = networkMode === "host" || networkMode === "awsvpc";
  return { containerPort, hostPort: own ? hostPort || containerPort : (hostPort ?? 0), protocol };
}

const restartPolicy = ({ restartPolicy: policy }: ContainerDefinition) =>
  policy && {
    enabled: policy.enabled ?? false,
    ...present({ ignoredExitCodes: policy.ignoredExitCodes, restartAttemptPeriod: policy.restartAttemptPeriod }),
  };
