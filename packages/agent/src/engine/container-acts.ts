import { lastSegment } from "@hatoba/contract";
import { ContainerFailure, type ContainerSpec, type Observation } from "../runtime/container-runtime.ts";
import { hooked } from "./announce.ts";
import { containerSpec, pauseSpec, taskLabels } from "./container-spec.ts";
import type { EngineContext } from "./engine-context.ts";
import {
  containerOf,
  definitionOf,
  hasRun,
  isInternal,
  type KnownContainer,
  type KnownTask,
  networkModeOf,
} from "./known-task.ts";
import { isBridged, observe } from "./observe-container.ts";
import { isPickedPortTaken } from "./ports-in-use.ts";
import { taskLimits } from "./task-demand.ts";
import { TaskFailure } from "./task-failure.ts";
import { type PlacedVolume, taskVolumes } from "./task-volumes.ts";

/** How often a container is begun with ports that turn out to be somebody's. */
const mostPortTries = 5;

export interface Pulled {
  readonly imageDigest?: string;
  readonly warning?: string;
  /** Epoch milliseconds; both or none. */
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
}

/** What `create` tells its caller on the way. */
export interface CreateSteps {
  readonly created: (runtimeId: string) => void;
  /** Whether it is to be started straight away, in the same turn. */
  mayStart(): boolean;
  started(running: Partial<KnownContainer>): void;
}

/** The acts of one task's containers. They change nothing that is known; what came of them is returned. */
export class ContainerActs {
  readonly #context: EngineContext;
  readonly #current: () => KnownTask;
  #volumes: ReadonlyMap<string, PlacedVolume> | undefined;
  #volumesMade: Promise<void> | undefined;
  #cgroup: Promise<string | undefined> | undefined;

  constructor(context: EngineContext, current: () => KnownTask) {
    this.#context = context;
    this.#current = current;
  }

  /** @throws ContainerFailure, or what `signal` was aborted with */
  async pull(name: string, signal: AbortSignal): Promise<Pulled> {
    const { runtime, clock, settings } = this.#context;
    if (isInternal(name)) return {}; // its image is made, not pulled, when it is created
    const { payload } = this.#current();
    const container = definitionOf(payload, name);
    const image = container?.image ?? "";
    const pullStartedAt = clock.now();
    const { pulled, imageDigest, imageId, warning } = await this.#again(false, signal, async () => {
      const auth = container === undefined ? undefined : await this.#context.logins?.find(payload, container, signal);
      return runtime.pull(image, settings.pullBehaviour, signal, auth);
    });
    if (imageId !== undefined) {
      const used = { id: imageId, image, pulled, ...(imageDigest === undefined ? {} : { digest: imageDigest }) };
      this.#context.images.used(used, clock.now());
    }
    return {
      ...(imageDigest === undefined ? {} : { imageDigest }),
      ...(warning === undefined ? {} : { warning }),
      ...(pulled ? { pullStartedAt, pullStoppedAt: clock.now() } : {}),
    };
  }

  /** Creates a container and, if nothing stands in the way, starts it. */
  async create(name: string, signal: AbortSignal, steps: CreateSteps): Promise<void> {
    const { runtime, starts } = this.#context;
    const spec = await this.#spec(name, signal);
    await starts.run(async () => {
      signal.throwIfAborted();
      steps.created(await this.#again(false, signal, () => runtime.create(spec)));
      if (steps.mayStart()) steps.started(await this.#start(name, signal, steps.created));
    });
  }

  /** @param created told if another container had to be made in its place, with other ports */
  start(name: string, signal: AbortSignal, created: CreateSteps["created"]): Promise<Partial<KnownContainer>> {
    return this.#context.starts.run(() => {
      signal.throwIfAborted();
      return this.#start(name, signal, created);
    });
  }

  /** Resolves with what is left of it. */
  async stop(name: string): Promise<Observation | undefined> {
    const { runtime, settings, closing } = this.#context;
    const id = this.#known(name).runtimeId ?? "";
    const grace = definitionOf(this.#current().payload, name)?.stopTimeout ?? settings.stopTimeoutSeconds;
    return this.#again(true, closing, async () => {
      await runtime.stop(id, isInternal(name) ? 0 : grace);
      const seen = await runtime.inspect(id);
      if (seen?.status !== "RUNNING") return seen;
      throw new ContainerFailure("CannotStopContainerError", "the container goes on running", { retriable: true });
    });
  }

  /**
   * Containers, once their hooks have settled, and then the volumes that lived as long as the task.
   * @param isAdopted an earlier process had the task, and may have begun what it could not write down
   */
  async removeAll(isAdopted: boolean): Promise<void> {
    const { runtime, removals, closing } = this.#context;
    const task = this.#current();
    await Promise.all(task.containers.map((container) => this.#settled(task, container)));
    const ids = task.containers.flatMap(({ runtimeId }) => (runtimeId === undefined ? [] : [runtimeId]));
    // A creation that failed may have left something behind all the same.
    const halfMade = task.containers.some(
      ({ runtimeId, reason }) => runtimeId === undefined && (isAdopted || reason !== undefined),
    );
    if (halfMade) ids.push(...(await this.#again(true, closing, () => this.#leftovers(task))));
    await Promise.all(ids.map((id) => removals.run(() => this.#again(true, closing, () => runtime.remove(id)))));
    if (ids.length === 0 && !halfMade) return;
    await this.#context.cgroups.remove(lastSegment(task.arn));
    for (const volume of this.#placedVolumes().values()) {
      if (volume.ofTask)
        await removals.run(() => this.#again(true, closing, () => runtime.removeVolume(volume.source)));
    }
  }

  async #start(name: string, signal: AbortSignal, created: CreateSteps["created"]): Promise<Partial<KnownContainer>> {
    const { runtime, clock } = this.#context;
    await this.#startWithPorts(name, signal, created);
    const known = this.#known(name);
    const id = known.runtimeId ?? "";
    const startedAt = known.startedAt ?? clock.now();
    const { payload } = this.#current();
    const hasPorts = isBridged(payload, name) && (definitionOf(payload, name)?.portMappings ?? []).length > 0;
    if (!hasPorts) return { status: "RUNNING", startedAt };
    const seen = await runtime.inspect(id).catch(() => undefined);
    const { bindings } = seen === undefined ? known : observe(payload, known, seen, startedAt);
    return { status: "RUNNING", startedAt, ...(bindings === undefined ? {} : { bindings }) };
  }

  /** Ports are taken when a container starts; until then somebody else may have taken those that were picked for it. */
  async #startWithPorts(name: string, signal: AbortSignal, created: CreateSteps["created"]): Promise<void> {
    const { runtime } = this.#context;
    for (let tries = 1; ; tries += 1) {
      const { runtimeId = "", startedAt } = this.#known(name);
      try {
        return await this.#again(false, signal, () => runtime.start(runtimeId));
      } catch (error) {
        const { payload } = this.#current();
        const mayHelp =
          startedAt === undefined && // what it has written would be lost
          isBridged(payload, name) &&
          isPickedPortTaken(error, definitionOf(payload, name)?.portMappings);
        if (!mayHelp || tries >= mostPortTries || signal.aborted) throw error;
        const spec = await this.#spec(name, signal);
        await this.#again(false, signal, () => runtime.remove(runtimeId));
        created(await this.#again(false, signal, () => runtime.create(spec)));
      }
    }
  }

  async #spec(name: string, signal: AbortSignal): Promise<ContainerSpec> {
    const { runtime, settings, hooks } = this.#context;
    const task = this.#current();
    const known = this.#known(name);
    const cgroupParent = await (this.#cgroup ??= this.#context.cgroups.create(
      lastSegment(task.arn),
      taskLimits(task.payload),
    ));
    const inCgroup = cgroupParent === undefined ? {} : { cgroupParent };
    if (isInternal(name)) {
      const cidr = task.payload.hatoba?.vpcCidr;
      if (networkModeOf(task.payload) !== "awsvpc")
        return { ...pauseSpec(task, known, await this.#context.pauseImage(), undefined, settings.labels), ...inCgroup };
      if (cidr === undefined)
        throw new ContainerFailure("ContainerNetworkingError", "the task came without its VPC's address block");
      const [image, network] = await Promise.all([
        this.#context.pauseImage(),
        this.#again(false, signal, () => runtime.ensureVpcNetwork(cidr)),
      ]);
      return { ...pauseSpec(task, known, image, network, settings.labels), ...inCgroup };
    }
    const volumes = this.#placedVolumes();
    if (volumes.size > 0) await (this.#volumesMade ??= this.#makeVolumes(volumes, signal));
    const pauseId = task.containers.find((container) => isInternal(container.name))?.runtimeId;
    let spec = containerSpec(task, known, {
      region: settings.region,
      ...(settings.publishAddress === undefined ? {} : { publishAddress: settings.publishAddress }),
      ...(settings.platform === undefined ? {} : { limitsTasks: settings.platform.limitsTasks }),
      ...(settings.gpuRuntime === undefined ? {} : { gpuRuntime: settings.gpuRuntime }),
      labels: settings.labels,
      volumes,
      ...(pauseId === undefined ? {} : { pauseId }),
      pickHostPorts: (length) => this.#context.pickHostPorts(length),
    });
    spec = { ...spec, ...inCgroup };
    const container = definitionOf(task.payload, name);
    if (container === undefined) return spec;
    for (const hook of hooks) {
      const changed = hook.beforeCreate?.({ task: task.payload, container, runtimeName: known.runtimeName }, spec);
      if (changed !== undefined) spec = await changed;
    }
    return spec;
  }

  async #makeVolumes(volumes: ReadonlyMap<string, PlacedVolume>, signal: AbortSignal): Promise<void> {
    for (const { create, source, mustExist } of volumes.values()) {
      if (mustExist && !(await this.#again(false, signal, () => this.#context.runtime.hasVolume(source)))) {
        const why = `volume '${source}' does not exist and autoprovision is set to false`;
        throw new TaskFailure(`initialize volume: volume detection failed, ${why}`);
      }
      if (create !== undefined) await this.#again(false, signal, () => this.#context.runtime.createVolume(create));
    }
  }

  #placedVolumes(): ReadonlyMap<string, PlacedVolume> {
    const task = this.#current();
    // The random digits of a container's name, which is kept with the task.
    const random = task.containers[0]?.runtimeName.slice(-20) ?? "";
    this.#volumes ??= taskVolumes(task.payload, taskLabels(task, this.#context.settings.labels), random);
    return this.#volumes;
  }

  async #settled(task: KnownTask, container: KnownContainer): Promise<void> {
    const created = hasRun(container) ? hooked(task, container) : undefined;
    if (created === undefined) return;
    const { hooks, logger } = this.#context;
    const outcomes = await Promise.allSettled(hooks.map(async (hook) => hook.settled?.(created)));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        logger.error(
          { err: outcome.reason as unknown, taskArn: task.arn, container: container.name },
          "a hook did not settle",
        );
      }
    }
  }

  async #leftovers(task: KnownTask): Promise<readonly string[]> {
    const labels = { ...this.#context.settings.labels, "com.amazonaws.ecs.task-arn": task.arn };
    return (await this.#context.runtime.list(labels)).map(({ id }) => id);
  }

  /** Tries again what the runtime says may help, for as long as it makes sense. @param patient never gives up on an absent engine */
  async #again<T>(patient: boolean, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const mayHelp =
          error instanceof ContainerFailure && error.retriable && (patient || error.name !== "DockerTimeoutError");
        if (!mayHelp || !(await this.#context.presence.beforeRetry(tries, patient, signal))) throw error;
      }
    }
  }

  #known(name: string): KnownContainer {
    const known = containerOf(this.#current(), name);
    if (known === undefined) throw new Error(`no container ${name} in the task`);
    return known;
  }
}
