import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { attributesOf } from "./attributes.ts";
import { backOffs } from "./channel/back-off.ts";
import { type ControlPlane, ControlPlaneError } from "./channel/control-plane.ts";
import { EcsApi } from "./channel/ecs-api.ts";
import { JsonApi } from "./channel/json-api.ts";
import { createSigner } from "./channel/signer.ts";
import { openSocket } from "./channel/socket.ts";
import { stayConnected } from "./channel/stay-connected.ts";
import { serveTelemetry } from "./channel/telemetry.ts";
import { serveWork } from "./channel/work-session.ts";
import type { AgentConfig } from "./config.ts";
import { defaultEngineSettings } from "./engine/engine-context.ts";
import { TaskEngine } from "./engine/task-engine.ts";
import { AwslogsHook } from "./hooks/logs/awslogs-hook.ts";
import { CloudWatchLogSink } from "./hooks/logs/cloudwatch-log-sink.ts";
import { ensurePauseImage } from "./images/pause-image.ts";
import { systemClock } from "./platform/clock.ts";
import type { Logger } from "./platform/logger.ts";
import type { MachineFacts } from "./runtime/container-runtime.ts";
import { DockerEngine } from "./runtime/docker-engine.ts";
import { DockerRuntime } from "./runtime/docker-runtime.ts";
import type { AgentState } from "./state/agent-state.ts";
import { SqliteState } from "./state/sqlite-state.ts";

const version = "1.0.0";
const logsTarget = "Logs_20140328";

/** An agent at work. */
export interface RunningAgent {
  readonly containerInstanceArn: string;
  /** Stops working; containers run on, and the next process takes them over. */
  close(): Promise<void>;
}

/** Something that a restart would not mend: the control plane will not have this agent. Exit code 5. */
export class AgentRefusedError extends Error {
  override readonly name = "AgentRefusedError";
}

/**
 * Takes over what an earlier process left, registers this machine, and works.
 * @param onFatal told when the state can no longer be written
 * @throws AgentRefusedError, ContainerFailure if the engine does not answer, AgentStateError
 */
export async function startAgent(
  config: AgentConfig,
  { logger, onFatal }: { readonly logger: Logger; readonly onFatal: (error: Error) => void },
): Promise<RunningAgent> {
  const clock = systemClock;
  const signer = createSigner(config.credentials, config.region);
  const userAgent = `Hatoba ECS Agent - v${version} (linux; LINUX)`;
  const api = new JsonApi({ endpoint: config.endpoint, signer, userAgent });
  const controlPlane = new EcsApi({ api, clock, cluster: config.cluster });
  const engine = new DockerEngine(config.dockerHost);
  const state = new SqliteState(join(config.dataDir, "agent.db"), onFatal);
  const labels = labelsOf(config, state);
  const agentLabel = "dev.hatoba.agent";
  const runtime = new DockerRuntime({
    engine,
    eventLabel: `${agentLabel}=${labels[agentLabel]}`,
    // Networks belong to all agents of the house.
    networkLabels: config.house === undefined ? {} : { "dev.hatoba.house": config.house },
  });
  const facts = await runtime.describe();
  const sink = new CloudWatchLogSink({
    logger,
    call: (operation, input) => api.call("logs", logsTarget, operation, input),
  });
  const awslogs = new AwslogsHook({
    runtime,
    sink,
    dataDir: config.dataDir,
    clock,
    logger,
    loggingDrivers: facts.loggingDrivers,
  });
  const tasks = new TaskEngine({
    runtime,
    state,
    controlPlane,
    clock,
    logger,
    hex: (digits) =>
      randomBytes(Math.ceil(digits / 2))
        .toString("hex")
        .slice(0, digits),
    hooks: [awslogs],
    settings: {
      ...defaultEngineSettings,
      region: config.region,
      labels,
      pullBehaviour: config.pullBehaviour,
      stopTimeoutSeconds: config.stopTimeoutSeconds,
      cleanupWaitMs: config.cleanupWaitMs,
    },
    supply: {
      cpu: facts.cpus * 1024,
      memoryMiB: facts.memoryMiB - config.reservedMemoryMiB,
      ports: [
        ...config.reservedTcpPorts.map((port) => `tcp/${port}`),
        ...config.reservedUdpPorts.map((port) => `udp/${port}`),
      ],
    },
    pauseImage: () => ensurePauseImage(engine),
  });
  const containerInstanceArn = await register(config, { controlPlane, state, facts });
  await tasks.open();
  const ending = new AbortController();
  const { endpoint, telemetryEndpoint } = await controlPlane.discoverPollEndpoint(containerInstanceArn);
  const agentFacts = { agentHash: "hatoba", agentVersion: version };
  const random = Math.random;
  let isFirst = true;
  const work = stayConnected({
    what: "work",
    open: () =>
      openSocket(
        endpoint,
        {
          ...agentFacts,
          clusterArn: config.cluster || "default",
          containerInstanceArn,
          dockerVersion: `DockerVersion: ${facts.engineVersion}`,
          protocolVersion: "2",
          sendCredentials: String(isFirst),
          seqNum: "1",
        },
        signer,
      ),
    serve: (connection) => {
      isFirst = false;
      return serveWork(connection, { handler: tasks, clock, logger, random });
    },
    backOff: backOffs.connect,
    clock,
    logger,
    random,
    signal: ending.signal,
  });
  const telemetry = stayConnected({
    what: "telemetry",
    open: () =>
      openSocket(
        telemetryEndpoint,
        {
          ...agentFacts,
          cluster: config.cluster || "default",
          containerInstance: containerInstanceArn,
          dockerVersion: facts.engineVersion,
        },
        signer,
      ),
    serve: async (connection) => {
      await serveTelemetry(connection, {
        health: tasks,
        clock,
        random,
        newId: randomUUID,
        cluster: config.cluster || "default",
        containerInstanceArn,
        signedHeaders: () => signer.sign({ method: "GET", url: new URL(telemetryEndpoint), headers: {} }, "ecs"),
      });
      return undefined;
    },
    backOff: backOffs.telemetry,
    clock,
    logger,
    random,
    signal: ending.signal,
  });
  return {
    containerInstanceArn,
    async close() {
      ending.abort();
      await Promise.all([work, telemetry]);
      await tasks.close();
      await awslogs.close();
      await state.close();
      api.close();
      engine.close();
    },
  };
}

/** By these labels an agent finds its own containers, and `hatoba down` those of its house. */
const labelsOf = ({ house }: AgentConfig, state: AgentState): Readonly<Record<string, string>> => ({
  "dev.hatoba.agent": state.facts().agentId,
  ...(house === undefined ? {} : { "dev.hatoba.house": house }),
});

/** Registers this machine, as the one that it was before if the cluster is the same. Source: agent protocol, 1.6 and 2.2. */
async function register(
  config: AgentConfig,
  {
    controlPlane,
    state,
    facts,
  }: { readonly controlPlane: ControlPlane; readonly state: AgentState; readonly facts: MachineFacts },
): Promise<string> {
  const known = state.facts();
  if (known.cluster !== undefined && known.cluster !== config.cluster) {
    throw new AgentRefusedError(
      `${config.dataDir} belongs to an agent of the cluster "${known.cluster || "default"}". Choose another ECS_DATADIR, or the same ECS_CLUSTER.`,
    );
  }
  const custom = Object.entries(config.attributes).map(([name, value]) => ({ name, value }));
  const registration = {
    clientToken: randomUUID(),
    attributes: [...(known.containerInstanceArn === undefined ? custom : []), ...attributesOf(facts, config)],
    cpu: facts.cpus * 1024,
    memoryMiB: facts.memoryMiB - config.reservedMemoryMiB,
    reservedTcpPorts: config.reservedTcpPorts,
    reservedUdpPorts: config.reservedUdpPorts,
    tags: Object.entries(config.tags).map(([key, value]) => ({ key, value })),
    ...(known.containerInstanceArn === undefined ? {} : { containerInstanceArn: known.containerInstanceArn }),
  };
  try {
    const { containerInstanceArn } = await withCluster(config, controlPlane, () =>
      controlPlane.registerContainerInstance(registration),
    );
    state.setFacts({ cluster: config.cluster, containerInstanceArn });
    await state.durable();
    return containerInstanceArn;
  } catch (error) {
    const final = ["InvalidParameterException", "ClientException"];
    if (error instanceof ControlPlaneError && final.includes(error.name)) {
      throw new AgentRefusedError(`The control plane does not register this machine: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Only an agent without a configured cluster makes one, and only `default`. */
async function withCluster<T>(
  { cluster }: AgentConfig,
  controlPlane: ControlPlane,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const missing = error instanceof ControlPlaneError && error.name === "ClusterNotFoundException";
    if (!missing || cluster !== "") throw error;
    await controlPlane.createCluster("default");
    return await call();
  }
}
