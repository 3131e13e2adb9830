import { join } from "node:path";
import { AgentSessions } from "./agent-channel/agent-sessions.ts";
import { attachAgentChannel } from "./agent-channel/attach.ts";
import { cloudWatchService } from "./api/cloudwatch/service.ts";
import { defaultVpcId, ensureDefaultNetwork } from "./api/ec2/default-network.ts";
import { ec2Service } from "./api/ec2/service.ts";
import { ecrService } from "./api/ecr/service.ts";
import { describeContainerInstance } from "./api/ecs/container-instance/describe-container-instance.ts";
import { ecsService } from "./api/ecs/service.ts";
import { describeTask, taskSurroundings } from "./api/ecs/tasks/describe-task.ts";
import { efsGrants } from "./api/efs/efs-grants.ts";
import { efsService } from "./api/efs/service.ts";
import { runTaskForRules } from "./api/events/run-task.ts";
import { eventsService } from "./api/events/service.ts";
import { firstOf, openRootKey, temporaryKeys } from "./api/http/access-keys.ts";
import type { Call } from "./api/http/dispatch.ts";
import { openAuthenticator, rootCaller } from "./api/http/open-authenticator.ts";
import { startServer } from "./api/http/server.ts";
import { sigV4Authenticator } from "./api/http/sigv4-authenticator.ts";
import { whileTasksLive } from "./api/http/task-keys.ts";
import { iamService } from "./api/iam/service.ts";
import { logsService } from "./api/logs/service.ts";
import { machineAccessKeys } from "./api/machines/machine-access-keys.ts";
import { requireMachineRight, requireSocketRight } from "./api/machines/require-right.ts";
import { lettingMachinesJoin } from "./api/machines/unsigned-join.ts";
import { operatorService } from "./api/operator/service.ts";
import { attachRegistry } from "./api/registry/attach.ts";
import { RegistryTokens } from "./api/registry/registry-tokens.ts";
import { RoleRights } from "./api/rights/role-rights.ts";
import { attachObjects } from "./api/s3/attach.ts";
import { openS3Authenticator, s3Authenticator } from "./api/s3/authenticate.ts";
import { mayPutEvents } from "./api/scheduler/put-event.ts";
import { schedulerService } from "./api/scheduler/service.ts";
import { secretsManagerService } from "./api/secrets-manager/service.ts";
import { ssmService } from "./api/ssm/service.ts";
import { stsService } from "./api/sts/service.ts";
import { attachWatch } from "./api/watch/attach.ts";
import { requireWatchRight } from "./api/watch/require-right.ts";
import { type Config, ConfigError } from "./config.ts";
import { MachineKeys } from "./credentials/machine-keys.ts";
import { HouseKeyFile } from "./credentials/open-house-key.ts";
import { SealedTexts } from "./credentials/sealed-text.ts";
import { TaskCredentials } from "./credentials/task-credentials.ts";
import { TemporaryCredentials } from "./credentials/temporary-credentials.ts";
import { EventBus } from "./events/event-bus.ts";
import { DeliveryOutbox } from "./events/outbox/delivery-outbox.ts";
import { ScheduleRunner } from "./events/scheduler/schedule-runner.ts";
import { toEcsTask } from "./events/targets/ecs-task.ts";
import { toEventBus } from "./events/targets/event-bus.ts";
import { toHttpEndpoint } from "./events/targets/http-endpoint.ts";
import { toLogGroup } from "./events/targets/log-group.ts";
import { toTarget } from "./events/targets/to-target.ts";
import { FileSystemDirectories } from "./file-systems/file-system-directories.ts";
import { KeyRotation } from "./key-rotation/key-rotation.ts";
import { LogFilters } from "./log-filters/log-filters.ts";
import { sendToDestination } from "./log-filters/send-to-destination.ts";
import { openLogStore } from "./log-store/open-log-store.ts";
import { MetricsStore } from "./metrics/metrics-store.ts";
import { UtilizationMetrics } from "./metrics/utilization-metrics.ts";
import { DiskObjectStore } from "./object-store/disk-object-store.ts";
import { systemClock } from "./platform/clock.ts";
import { randomIds } from "./platform/ids.ts";
import type { Logger } from "./platform/logger.ts";
import { startLoops } from "./reconcile/start-loops.ts";
import { ImageRegistry } from "./registry/image-registry.ts";
import { keepSwept } from "./registry/sweep.ts";
import { attachSessions } from "./sessions/attach.ts";
import { SessionRegistry } from "./sessions/session-registry.ts";
import { SqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { keepRenewed } from "./tls/keep-renewed.ts";
import type { ServerTls } from "./tls/open-tls.ts";
import { openServerTls } from "./tls/server-tls.ts";

/** A control plane that answers. */
export interface ControlPlane {
  /** As `http://127.0.0.1:4577`. */
  readonly url: string;
  /** Finishes what is under way and lets go of everything. */
  close(): Promise<void>;
}

/**
 * Opens the data directory, starts the loops and the listener.
 * @param onFatal told once, when the store cannot write any more: nothing further will be acknowledged
 * @throws Error if the directory cannot be used or the port is taken
 */
export async function startControlPlane(
  config: Config,
  { logger, onFatal }: { readonly logger: Logger; readonly onFatal: (error: Error) => void },
): Promise<ControlPlane> {
  const { settings, dataDir } = config;
  const [clock, ids] = [systemClock, randomIds];
  const houseKey = await HouseKeyFile.open(join(dataDir, "house.key"));
  const credentials = new TemporaryCredentials(houseKey);
  const machineKeys = new MachineKeys(houseKey);
  const rootKey = await openRootKey(join(dataDir, "credentials.json"), settings);
  const store = new SqliteStore({ path: join(dataDir, "store.db"), onFatal });
  const joined = machineAccessKeys({ store, keys: machineKeys, settings });
  const keys = firstOf(rootKey, whileTasksLive(temporaryKeys(credentials, settings), { store, clock }), joined);
  requireSameHouse(store, config);
  await ensureDefaultNetwork({ store, settings });
  const { logBudget: budget } = config;
  const logs = await openLogStore({ dataDir, clock, logger, onFatal, ...(budget === undefined ? {} : { budget }) });
  const { logStore } = logs;
  const loops = startLoops({ store, clock, ids, settings, logger });
  const rights = new RoleRights({ store, clock });
  const sealed = new SealedTexts(houseKey, "event connections");
  const sealedParameters = new SealedTexts(houseKey, "parameters");
  const sealedSecrets = new SealedTexts(houseKey, "secrets");
  const keyRotation = new KeyRotation({
    keys: houseKey,
    store,
    sealers: { connections: sealed, parameters: sealedParameters, secrets: sealedSecrets, machineKeys },
    clock,
    logger,
    onRevoked: () => sessions.renewCredentials(),
  });
  await keyRotation.start();
  const endpoint = `http://${config.listen.host}:${config.listen.port}`;
  const asRule = { store, clock, ids, settings, logger, requestId: "event", endpoint };
  const requireRoleRight = config.auth === "open" ? {} : { requireRight: (call: Call) => rights.requireRight(call) };
  const ecsTask = toEcsTask(runTaskForRules({ context: asRule, ...requireRoleRight }));
  const http = toHttpEndpoint({ store, open: (text) => sealed.open(text) });
  const outbox = new DeliveryOutbox({ path: join(dataDir, "events.db"), clock, logger });
  const bus = new EventBus({
    outbox,
    store,
    clock,
    ids,
    settings,
    logger,
    describe: {
      task: (task, snapshot) => describeTask(task, taskSurroundings(snapshot, task.value), { tags: false }),
      containerInstance: (instance, snapshot) => describeContainerInstance(instance, snapshot, []),
    },
    deliver: toTarget({
      logs: toLogGroup({ logStore, clock }),
      http,
      ecs: ecsTask,
    }),
  });
  const events = eventsService({ bus, sealed });
  const eventBus = toEventBus({
    put: (event) => bus.put(event),
    requirePut: mayPutEvents({ context: asRule, events, ...requireRoleRight }),
  });
  const schedules = new ScheduleRunner({
    store,
    clock,
    logger,
    place: settings,
    deliver: (delivery, input) => (delivery.eventBridge === undefined ? ecsTask : eventBus)(delivery, input),
  });
  const registry = new ImageRegistry({ folder: join(dataDir, "registry"), store, clock, ids, settings });
  const sealedLogins = new SealedTexts(houseKey, "registry logins");
  const tokens = new RegistryTokens({ sealed: sealedLogins, credentials, keys, clock });
  const ecr = ecrService({ registry, tokens });
  const stopSweeping = keepSwept({ registry, store, clock, logger });
  const requireRight = (call: Call) => {
    const { caller, service, operation, input } = call;
    requireMachineRight(caller, { action: `${service.signingName}:${operation}`, input }, store.snapshot());
    rights.requireRight(call);
  };
  const metrics = new MetricsStore({ path: join(dataDir, "metrics.db"), clock, logger });
  const utilization = new UtilizationMetrics();
  const logFilters = new LogFilters({
    store,
    logStore,
    clock,
    logger,
    owner: settings.accountId,
    metrics,
    send: sendToDestination(http),
  });
  const fileSystems = new FileSystemDirectories({ root: config.efsDir, clock, logger });
  await fileSystems.resume();
  const { tls: wish } = config;
  const openTls = wish && (() => openServerTls({ ...config, tls: wish }, clock.now()));
  const tls = await openTls?.();
  const server = await startServer({
    listen: config.listen,
    ...(tls === undefined ? {} : { tls }),
    open: config.auth === "open",
    services: [
      ecsService,
      operatorService({ keyRotation, sealedSecrets }),
      logsService(logStore),
      secretsManagerService({ sealedSecrets }),
      stsService({ credentials, rights }),
      ec2Service,
      efsService({ directories: fileSystems }),
      ecr,
      ssmService({ machineKeys, sealedParameters }),
      iamService,
      events,
      schedulerService,
      cloudWatchService({ metrics, utilization }),
    ],
    authenticate:
      config.auth === "open"
        ? openAuthenticator(settings)
        : lettingMachinesJoin(sigV4Authenticator({ keys, clock, settings }), { clock, settings }),
    requireRight,
    requireSocketRight: (caller, url) => {
      requireSocketRight(caller, url, store.snapshot());
      rights.requireSocketRight(caller, url);
    },
    requireStreamRight: (caller) => requireWatchRight(caller, rights),
    context: (caller, { requestId, endpoint, remoteAddress }) => ({
      store,
      clock,
      ids,
      settings,
      logger,
      caller,
      requestId,
      endpoint: config.advertise ?? endpoint,
      calledEndpoint: endpoint,
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
    }),
    ids,
    logger,
  });
  const everybody = config.auth === "open" ? { everybody: rootCaller(settings) } : {};
  attachRegistry(server, { registry, tokens, store, logger, ids, service: ecr, requireRight, ...everybody });
  const objects = new DiskObjectStore(join(dataDir, "objects"));
  objects.sweep().catch((error: unknown) => logger.error({ err: error }, "the object store could not be swept"));
  attachObjects(server, {
    objects,
    authenticate:
      config.auth === "open" ? openS3Authenticator(rootCaller(settings)) : s3Authenticator({ keys, clock, settings }),
    hostNames: bucketHostNames(config),
    requireRight,
    clock,
    ids,
    settings,
    logger,
  });
  attachWatch(server, { store, clock, logger });
  const channel = {
    store,
    clock,
    ids,
    logger,
    credentials: new TaskCredentials(credentials),
    grantMounts: efsGrants({ policies: rights.policies, clock, settings }),
    metrics: utilization,
    registry: { place: settings, ...registryNames(config, server.url) },
  };
  const sessions: AgentSessions = new AgentSessions(channel);
  attachAgentChannel(server, sessions, channel);
  const opened = new SessionRegistry({
    store,
    logStore,
    clock,
    ids,
    settings,
    logger,
    askAgent: (containerInstanceArn, wish) => sessions.openSession(containerInstanceArn, wish),
  });
  attachSessions(server, opened);
  const use = (renewed: ServerTls) => server.renewTls(renewed);
  const stopRenewal = tls && openTls && keepRenewed({ current: tls, open: openTls, use, clock, logger });
  return {
    url: server.url,
    async close() {
      stopRenewal?.();
      keyRotation.close();
      await opened.close();
      sessions.close();
      await server.close();
      schedules.close();
      bus.close();
      await outbox.close();
      logFilters.close();
      metrics.close();
      await loops.stop();
      await stopSweeping();
      await objects.close();
      await store.close();
      await logs.close();
    },
  };
}

/** The names before which a bucket's may stand. */
function bucketHostNames({ listen, advertise, tls }: Config): readonly string[] {
  const given = tls !== undefined && "names" in tls ? tls.names : [];
  const advertised = advertise === undefined ? [] : [new URL(advertise).hostname];
  return ["localhost", listen.host, ...given, ...advertised];
}

/** By which names, other than loopback ones, agents and users may know the house's registry. */
function registryNames({ listen, advertise, tls }: Config, url: string) {
  const port = Number(new URL(url).port);
  const names = [listen.host, ...(tls !== undefined && "names" in tls ? tls.names : [])];
  const advertised = advertise === undefined ? [] : [new URL(advertise).host];
  return { port, hosts: [...names.map((name) => `${name.includes(":") ? `[${name}]` : name}:${port}`), ...advertised] };
}

/**
 * ARNs and addresses in the store name its account, region and VPC block, so those stay what they were at the first start.
 * @throws ConfigError if they are given otherwise now
 */
function requireSameHouse(store: Store, { settings, dataDir }: Config): void {
  const vpc = store
    .snapshot()
    .list("vpc")
    .find(({ value }) => value.isDefault);
  if (vpc === undefined) return;
  if (vpc.arn !== defaultVpcId(settings)) {
    throw new ConfigError(
      `${dataDir} was made with another --account-id or --region; start it with those, or choose another --data-dir`,
    );
  }
  if (vpc.value.cidrBlock !== settings.vpcCidr) {
    throw new ConfigError(
      `${dataDir} was made with --vpc-cidr ${vpc.value.cidrBlock}; start it with that, or choose another --data-dir`,
    );
  }
}
