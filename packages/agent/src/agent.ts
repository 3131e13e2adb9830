import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { EcsApi } from "./channel/ecs-api.ts";
import { JsonApi } from "./channel/json-api.ts";
import { objectReader } from "./channel/object-reader.ts";
import { type Credentials, createSigner } from "./channel/signer.ts";
import type { AgentConfig } from "./config.ts";
import { stayInTouch } from "./connections.ts";
import { TaskCredentials } from "./credentials/task-credentials.ts";
import { callAsRole, readTags } from "./endpoints/control-plane-calls.ts";
import { LocalEndpoints } from "./endpoints/local-endpoints.ts";
import { askEcrAs } from "./engine/ask-ecr.ts";
import { defaultEngineSettings } from "./engine/engine-context.ts";
import { isStopped, runtimeIdOf } from "./engine/known-task.ts";
import { readSecretAs } from "./engine/read-secret.ts";
import { RegistryLogins } from "./engine/registry-logins.ts";
import { TaskEngine } from "./engine/task-engine.ts";
import { findGpus } from "./find-gpus.ts";
import { EnvironmentFilesHook } from "./hooks/environment-files/environment-files-hook.ts";
import { FirelensHook } from "./hooks/firelens/firelens-hook.ts";
import { AwslogsHook } from "./hooks/logs/awslogs-hook.ts";
import { CloudWatchLogSink } from "./hooks/logs/cloudwatch-log-sink.ts";
import { EngineDriverHook } from "./hooks/logs/engine-driver-hook.ts";
import { SecretsHook } from "./hooks/secrets/secrets-hook.ts";
import { EbsDisks } from "./hooks/volumes/ebs-disks.ts";
import { EbsHook } from "./hooks/volumes/ebs-hook.ts";
import { EfsBinds } from "./hooks/volumes/efs-binds.ts";
import { EfsHook } from "./hooks/volumes/efs-hook.ts";
import { efsCapabilities, openEfsRoot } from "./hooks/volumes/efs-root.ts";
import { engineSeesMounts } from "./hooks/volumes/engine-mounts.ts";
import { askKeptVolumes } from "./hooks/volumes/kept-volumes.ts";
import { ebsCapabilities, hasLoopDevices, systemLoopTools } from "./hooks/volumes/loop-tools.ts";
import { ensurePauseImage } from "./images/pause-image.ts";
import { EngineStatus } from "./metrics/engine-status.ts";
import { UsageSampler } from "./metrics/usage-sampler.ts";
import { systemClock } from "./platform/clock.ts";
import { hostPlatform } from "./platform/host-platform.ts";
import type { Logger } from "./platform/logger.ts";
import { register, requireSameCluster } from "./register.ts";
import { chooseCgroups } from "./runtime/cgroups/choose-cgroups.ts";
import { DockerEngine } from "./runtime/docker-engine.ts";
import { DockerExec } from "./runtime/docker-exec.ts";
import { engineBridges } from "./runtime/docker-network.ts";
import { DockerRuntime } from "./runtime/docker-runtime.ts";
import { HostShell } from "./sessions/host-shell.ts";
import { SessionJournal } from "./sessions/journal.ts";
import { PortRelay } from "./sessions/port-relay.ts";
import { Sessions } from "./sessions/sessions.ts";
import type { AgentState } from "./state/agent-state.ts";
import { SqliteState } from "./state/sqlite-state.ts";
import { engineFacts, enginePlatform } from "./windows/engine-facts.ts";

const version = "1.0.0";
const logsTarget = "Logs_20140328";
const agentLabel = "dev.hatoba.agent";
/** Of a file that a task's configuration names, in bytes. */
const largestObject = 1024 * 1024;
/** A control plane that does not hang up does not hold the agent up for longer, in milliseconds. */
const farewellMs = 2000;

/** An agent at work. */
export interface RunningAgent {
  readonly containerInstanceArn: string;
  /** Stops working; containers run on, and the next process takes them over. */
  close(): Promise<void>;
}

/**
 * Takes over what an earlier process left, registers this machine, and works. What runs here is looked after before the
 * control plane is asked for anything: it may be away.
 * @param onFatal told when the state can no longer be written
 * @throws AgentRefusedError, ControlPlaneError, ContainerFailure if the engine does not answer, AgentStateError
 */
export async function startAgent(
  config: AgentConfig,
  { logger, onFatal }: { readonly logger: Logger; readonly onFatal: (error: Error) => void },
): Promise<RunningAgent> {
  const clock = systemClock;
  const signer = createSigner(config.credentials, config.region);
  const engine = new DockerEngine(config.dockerHost);
  const state = new SqliteState(join(config.dataDir, "agent.db"), onFatal);
  requireSameCluster(config, state);
  const labels = labelsOf(config, state);
  const gpus = await findGpus(config.gpuSupport, logger);
  const facts = { ...(await engineFacts(engine)), ...(gpus === undefined ? {} : { gpus }) };
  const platform = enginePlatform(facts, config.windowsUnbounded);
  const userAgent = `Hatoba ECS Agent - v${version} (${platform.osType}; ${facts.windows?.osFamily ?? "LINUX"})`;
  const api = new JsonApi({ endpoint: config.endpoint, signer, userAgent });
  const apiAs = (keys: Credentials) =>
    new JsonApi({ endpoint: config.endpoint, signer: createSigner(keys, config.region), userAgent });
  const controlPlane = new EcsApi({ api, clock, cluster: config.cluster });
  const runtime = new DockerRuntime({
    engine,
    platform,
    eventLabel: `${agentLabel}=${labels[agentLabel]}`,
    // Networks belong to all agents of the house.
    networkLabels: houseLabel(config),
  });
  const cgroups = await chooseCgroups({
    wanted: platform.limitsTasks ? config.taskLimits : false,
    root: config.cgroupPath,
    driver: facts.cgroupDriver,
    isLocal: engine.address.local,
    settings: config.taskPidsLimit === undefined ? {} : { pidsLimit: config.taskPidsLimit },
    logger,
  });
  const efsRoot =
    config.efsRoot === undefined || platform.osType !== "linux"
      ? undefined
      : await openEfsRoot(config.efsRoot, config.dataDir);
  const mayMount = platform.osType === "linux" && engine.address.local && (await engineSeesMounts());
  const efsBinds = mayMount ? new EfsBinds({ root: join(config.dataDir, "efs-binds"), logger }) : undefined;
  const hasEbs = mayMount && (await hasLoopDevices());
  const ebs = new EbsHook({
    disks: hasEbs ? new EbsDisks(join(config.dataDir, "ebs"), systemLoopTools) : undefined,
    stillKept: askKeptVolumes(api),
    clock,
    logger,
  });
  const sink = new CloudWatchLogSink({
    logger,
    call: (operation, input) => api.call("logs", logsTarget, operation, input),
  });
  const { dataDir, region } = config;
  const { loggingDrivers } = facts;
  const awslogs = new AwslogsHook({ runtime, sink, dataDir, clock, logger, loggingDrivers });
  const secrets = new SecretsHook({
    executionCredentials: (taskArn) => credentials.ofTask(taskArn, "TaskExecution")?.credentials,
    apiAs,
    clock,
  });
  const readObject = objectReader({
    endpoint: config.s3Endpoint ?? config.endpoint,
    region,
    userAgent,
    mostBytes: largestObject,
  });
  const environmentFiles = new EnvironmentFilesHook({
    executionCredentials: (taskArn) => credentials.ofTask(taskArn, "TaskExecution")?.credentials,
    readObject,
    clock,
  });
  const firelens = new FirelensHook({
    dataDir,
    engineVersion: facts.engineVersion,
    async: config.firelensAsync ?? true,
    addressOf: async (taskArn, container) => {
      const id = runtimeIdOf(tasks.tasks(), taskArn, container);
      return id === undefined ? undefined : (await runtime.inspect(id))?.address;
    },
    readObject: async ({ arn }, address) => {
      const role = credentials.ofTask(arn, "TaskExecution")?.credentials;
      if (role === undefined) throw new Error("unable to get execution role credentials");
      return readObject(address, role);
    },
    logSecrets: secrets.logOptions,
    logger,
  });
  const sessions: Sessions = new Sessions({
    exec: new DockerExec(engine),
    journal: new SessionJournal(join(dataDir, "sessions")),
    ports: new PortRelay(process.getuid?.() === 0),
    ...hostShellOf(config),
    clock,
    logger,
    runtimeIdOf: (taskArn, containerName) => runtimeIdOf(tasks.tasks(), taskArn, containerName),
  });
  await sessions.endLeftovers();
  const credentials = new TaskCredentials(() => tasks.tasks().flatMap((task) => (isStopped(task) ? [] : [task.arn])));
  const endpoints = new LocalEndpoints({
    tasks: () => tasks.tasks(),
    credentials,
    state,
    runtime,
    engineBridges: () => engineBridges(engine),
    cluster: config.cluster || "default",
    dataDir,
    version: `Hatoba ECS Agent - v${version}`,
    tags: (taskArn) =>
      readTags(api, taskArn, config.capacity === "FARGATE" ? undefined : state.facts().containerInstanceArn),
    callAs: callAsRole(apiAs),
    clock,
    logger,
  });
  const tasks: TaskEngine = new TaskEngine({
    runtime,
    state,
    controlPlane,
    clock,
    logger,
    hex: (digits) => randomBytes(digits / 2).toString("hex"),
    hooks: [
      ...(config.taskEndpoints ? [endpoints.hook] : []),
      secrets,
      environmentFiles,
      new EfsHook(efsRoot, efsBinds),
      ebs,
      awslogs,
      firelens,
      new EngineDriverHook({ secrets: secrets.logOptions }),
      sessions,
    ],
    settings: {
      ...defaultEngineSettings,
      region,
      platform,
      dynamicPorts: hostPlatform().dynamicPorts,
      ...(config.publishAddress === undefined ? {} : { publishAddress: config.publishAddress }),
      labels,
      pullBehaviour: config.pullBehaviour,
      imageCleanup: config.imageCleanup,
      gpuRuntime: config.gpuRuntime,
      stopTimeoutSeconds: config.stopTimeoutSeconds,
      cleanupWaitMs: config.cleanupWaitMs,
    },
    supply: {
      cpu: facts.cpus * 1024,
      memoryMiB: facts.memoryMiB - config.reservedMemoryMiB,
      gpus: gpus?.ids ?? [],
      ports: [
        ...config.reservedTcpPorts.map((port) => `tcp/${port}`),
        ...config.reservedUdpPorts.map((port) => `udp/${port}`),
      ],
    },
    cgroups,
    logins: new RegistryLogins({
      configured: config.registryLogins,
      executionCredentials: (taskArn) => credentials.ofTask(taskArn, "TaskExecution")?.credentials,
      readSecret: readSecretAs(apiAs),
      askEcr: askEcrAs(api, apiAs),
      now: () => clock.now(),
    }),
    pauseImage: () => ensurePauseImage(engine),
  });
  await endpoints.openIntrospection(config.introspection);
  const hasTaskEndpoints = config.taskEndpoints && (await endpoints.open());
  await tasks.open();
  await firelens.sweep(tasks.tasks());
  await ebs.open(tasks.tasks());
  await efsBinds?.sweep(tasks.tasks().map(({ arn }) => arn));
  // Made ahead of the first task that needs it; a failure shows there.
  if (platform.osType === "linux") {
    ensurePauseImage(engine).catch((error: unknown) =>
      logger.warn({ err: error }, "the pause image could not be made"),
    );
  }
  const containerInstanceArn = await register(config, {
    controlPlane,
    state,
    facts,
    hasTaskEndpoints,
    capabilities: [...(efsRoot === undefined ? [] : efsCapabilities), ...(hasEbs ? ebsCapabilities : [])],
    logger,
  });
  const ending = new AbortController();
  const connected = stayInTouch({
    controlPlane,
    tasks,
    credentials,
    ...(config.metrics
      ? { metrics: new UsageSampler({ tasks: () => tasks.tasks(), runtime, cpus: facts.cpus, clock, logger }) }
      : {}),
    instanceStatus: new EngineStatus(() => engine.call("GET", "/version", { timeoutMs: 2000 }), clock),
    serveSession: (message, openLink) => void sessions.serve(message, openLink),
    signer,
    cluster: config.cluster || "default",
    containerInstanceArn,
    agentVersion: version,
    engineVersion: facts.engineVersion,
    clock,
    logger,
    signal: ending.signal,
  });
  return {
    containerInstanceArn,
    async close() {
      ending.abort();
      await Promise.race([sessions.close(), wait(farewellMs)]);
      await Promise.race([connected, wait(farewellMs)]);
      await endpoints.close();
      await tasks.close();
      ebs.close();
      await awslogs.close();
      await state.close();
      api.close();
      engine.close();
    },
  };
}

const hostShellOf = ({ hostShell: user }: AgentConfig): { readonly hostShell?: HostShell } =>
  user === undefined ? {} : { hostShell: new HostShell(user, process.getuid?.() !== 0) };

/** By these labels an agent finds its own containers, and `hatoba down` those of its house. */
const labelsOf = (config: AgentConfig, state: AgentState): Readonly<Record<string, string>> => ({
  [agentLabel]: state.facts().agentId,
  ...houseLabel(config),
});

const houseLabel = ({ house }: AgentConfig): Readonly<Record<string, string>> =>
  house === undefined ? {} : { "dev.hatoba.house": house };
