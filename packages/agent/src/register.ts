import { randomUUID } from "node:crypto";
import { attributesOf } from "./attributes.ts";
import { type AgentAttribute, type ControlPlane, ControlPlaneError, type Registered } from "./channel/control-plane.ts";
import type { AgentConfig } from "./config.ts";
import type { Logger } from "./platform/logger.ts";
import type { MachineFacts } from "./runtime/container-runtime.ts";
import type { AgentState } from "./state/agent-state.ts";

/** Something that a restart would not mend: the control plane will not have this agent. Exit code 5. */
export class AgentRefusedError extends Error {
  override readonly name = "AgentRefusedError";
}

export interface RegisterDependencies {
  readonly controlPlane: Pick<ControlPlane, "registerContainerInstance" | "createCluster">;
  readonly state: AgentState;
  readonly facts: MachineFacts;
  /** Whether containers reach the local endpoints, where they get the credentials of their roles. */
  readonly hasTaskEndpoints?: boolean;
  /** What this machine can do beyond what every agent can, as `ecs.capability.efs`. */
  readonly capabilities?: readonly string[];
  readonly logger: Logger;
}

/**
 * Makes sure that the state in the data directory is that of an agent of this cluster.
 * @throws AgentRefusedError. Source: agent protocol §1.6.
 */
export function requireSameCluster({ dataDir, cluster }: AgentConfig, state: AgentState): void {
  const known = state.facts().cluster;
  if (known === undefined || known === cluster) return;
  throw new AgentRefusedError(
    `${dataDir} belongs to an agent of the cluster "${known || "default"}". Choose another ECS_DATADIR, or the same ECS_CLUSTER.`,
  );
}

/**
 * Registers this machine, as the container instance that it was before if there was one. An instance that was deregistered
 * meanwhile, or that the control plane has no record of, is given up for a new one.
 * @returns the container instance's ARN, which is on disk by then
 * @throws AgentRefusedError, ControlPlaneError. Source: agent protocol §2.2.
 */
export async function register(config: AgentConfig, deps: RegisterDependencies): Promise<string> {
  const { state, logger } = deps;
  const clientToken = randomUUID();
  const { containerInstanceArn: known } = state.facts();
  try {
    return await registerAs(known, clientToken, config, deps);
  } catch (error) {
    const isUnknown = known !== undefined && error instanceof ControlPlaneError && error.name === "ClientException";
    if (!isUnknown) throw final(error);
    logger.warn(
      { err: error, containerInstanceArn: known },
      "the container instance is not known any more, registering a new one",
    );
    return await registerAs(undefined, clientToken, config, deps).catch((again: unknown) => {
      throw final(again);
    });
  }
}

async function registerAs(
  known: string | undefined,
  clientToken: string,
  config: AgentConfig,
  { controlPlane, state, facts, hasTaskEndpoints = false, capabilities = [] }: RegisterDependencies,
): Promise<string> {
  const own = attributesOf(facts, { ...config, hasTaskEndpoints, more: capabilities });
  const custom = Object.entries(config.attributes).map(([name, value]) => ({ name, value }));
  const attributes = [...(known === undefined ? custom : []), ...own];
  const answer = await withCluster(config, controlPlane, () =>
    controlPlane.registerContainerInstance({
      clientToken,
      attributes,
      cpu: facts.cpus * 1024,
      memoryMiB: facts.memoryMiB - config.reservedMemoryMiB,
      reservedTcpPorts: config.reservedTcpPorts,
      reservedUdpPorts: config.reservedUdpPorts,
      gpuIds: facts.gpus?.ids ?? [],
      tags: Object.entries(config.tags).map(([key, value]) => ({ key, value })),
      ...(known === undefined ? {} : { containerInstanceArn: known }),
    }),
  );
  requireEcho(attributes, answer);
  const { containerInstanceArn } = answer;
  const zone = answer.attributes.find(({ name }) => name === "ecs.availability-zone")?.value;
  state.setFacts({ cluster: config.cluster, containerInstanceArn, ...(zone === undefined ? {} : { zone }) });
  await state.durable();
  return containerInstanceArn;
}

/** `default` is made if it is missing, whether it was configured or not; any other cluster is somebody's to make. */
async function withCluster<T>(
  { cluster }: AgentConfig,
  controlPlane: RegisterDependencies["controlPlane"],
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isMissingCluster(error) || (cluster !== "" && cluster !== "default")) throw error;
    await controlPlane.createCluster("default");
    return await call();
  }
}

const isMissingCluster = (error: unknown): boolean =>
  error instanceof ControlPlaneError &&
  (error.name === "ClusterNotFoundException" || error.message === "Cluster not found.");

/** An attribute that comes back with another value would let tasks be placed here that do not fit. */
function requireEcho(sent: readonly AgentAttribute[], { attributes }: Registered): void {
  const lost = sent.find(({ name, value }) => value && attributes.find((each) => each.name === name)?.value !== value);
  if (lost !== undefined) {
    throw new AgentRefusedError(
      `Attribute validation failed: the control plane did not take ${lost.name}=${lost.value}`,
    );
  }
}

/** What a restart would not mend, as the genuine agent sees it. */
function final(error: unknown): unknown {
  // A key that does not open this is another one's, or that of a machine which was deregistered.
  const names = ["InvalidParameterException", "ClientException", "AccessDeniedException"];
  if (!(error instanceof ControlPlaneError) || !names.includes(error.name) || isMissingCluster(error)) return error;
  return new AgentRefusedError(`The control plane does not register this machine: ${error.message}`, { cause: error });
}
