import type { ChannelTask, ManifestEntry } from "@hatoba/contract";
import type { AssignmentHandler, Comparison } from "../channel/assignment-handler.ts";
import type { ControlPlane, HealthSource, TaskHealth } from "../channel/control-plane.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { noTaskCgroups, type TaskCgroups } from "../runtime/cgroups/task-cgroups.ts";
import type { ContainerRuntime, Observation } from "../runtime/container-runtime.ts";
import type { AgentState } from "../state/agent-state.ts";
import { acceptTask } from "./accept-task.ts";
import { announceAll } from "./announce.ts";
import { type Claims, claimContainers } from "./claim-containers.ts";
import type { EngineContext, EngineSettings } from "./engine-context.ts";
import { EnginePresence } from "./engine-presence.ts";
import { HostResources, type Supply } from "./host-resources.ts";
import { ImageKeeper } from "./image-keeper.ts";
import { type Acknowledged, containerOf, isStopped, type KnownTask, withNothingStarted } from "./known-task.ts";
import { Limiter } from "./limiter.ts";
import { type HexSource, newKnownTask, unknownStoppedTask } from "./new-task.ts";
import { portPicker } from "./port-picker.ts";
import { portsInUse } from "./ports-in-use.ts";
import { Recently } from "./recently.ts";
import type { RegistryLogins } from "./registry-logins.ts";
import { Reporter } from "./reporter.ts";
import { taskDemand } from "./task-demand.ts";
import { healthChanged, taskHealth } from "./task-health.ts";
import type { TaskHook } from "./task-hook.ts";
import { TaskRunner } from "./task-runner.ts";
import { sleep, watchRuntime } from "./watch-runtime.ts";

export interface TaskEngineDependencies {
  readonly runtime: ContainerRuntime;
  readonly state: AgentState;
  readonly controlPlane: Pick<ControlPlane, "submitTaskStateChange">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hex: HexSource;
  readonly hooks: readonly TaskHook[];
  readonly settings: EngineSettings;
  /** What tasks may take of the machine in all. */
  readonly supply: Supply;
  /** Round each task; none if left out. */
  readonly cgroups?: TaskCgroups;
  /** Without it no registry is logged in to. */
  readonly logins?: Pick<RegistryLogins, "find">;
  /** Makes sure that the pause image is there. @returns its name. */
  pauseImage(): Promise<string>;
}

/** A removal that failed is tried again after so long, in milliseconds. */
const removeAgainMs = 30_000;
/** So many tasks that are over are remembered, so that a late repetition of a payload does not start them anew. */
const mostForgotten = 10_000;

/**
 * Carries out what is assigned to this machine: keeps each task's record, gives it its share of the machine when its turn
 * comes, lets it run, reports what becomes of it, and takes it away once its end is acknowledged.
 */
export class TaskEngine implements AssignmentHandler, HealthSource {
  readonly #deps: TaskEngineDependencies;
  readonly #context: EngineContext;
  readonly #host: HostResources;
  readonly #reporter: Reporter;
  readonly #runners = new Map<string, TaskRunner>();
  /** Task ARN and container name by runtime id. */
  readonly #byRuntimeId = new Map<string, { readonly arn: string; readonly container: string }>();
  readonly #forgotten = new Recently(mostForgotten);
  readonly #healthListeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #watching: Promise<unknown> | undefined;

  constructor(deps: TaskEngineDependencies) {
    this.#deps = deps;
    const { runtime, clock, logger, hooks, hex, settings, cgroups = noTaskCgroups } = deps;
    this.#host = new HostResources(deps.supply);
    this.#context = {
      runtime,
      cgroups,
      clock,
      logger,
      hooks,
      hex,
      settings,
      logins: deps.logins,
      images: new ImageKeeper({
        runtime,
        logger,
        read: () => deps.state.facts().images ?? [],
        write: (images) => deps.state.setFacts({ images }),
        inUse: () => this.tasks().flatMap(({ payload }) => payload.containers.map(({ image }) => image)),
      }),
      pauseImage: () => deps.pauseImage(),
      pickHostPorts: portPicker(settings.dynamicPorts, () => portsInUse(this.tasks(), deps.supply.ports)),
      presence: new EnginePresence(clock),
      starts: new Limiter(settings.startsAtOnce),
      removals: new Limiter(settings.removalsAtOnce),
      closing: this.#closing.signal,
    };
    this.#reporter = new Reporter({
      controlPlane: deps.controlPlane,
      clock,
      logger,
      delayMs: settings.reportDelayMs,
      task: (arn) => this.#runners.get(arn)?.task,
      acknowledged: (arn, what) => this.#acknowledged(arn, what),
    });
  }

  /**
   * Takes over what an earlier process of this agent has left, and begins to work. Containers that are ours by their label
   * but of no task that is known are removed. @throws ContainerFailure if the engine does not answer
   */
  async open(): Promise<void> {
    const claims = claimContainers(this.#deps.state.tasks(), await this.#look());
    this.#adopt(claims);
    await Promise.all(claims.orphans.map((orphan) => this.#removeOrphan(orphan)));
    this.#watching = Promise.all([
      watchRuntime({
        runtime: this.#context.runtime,
        clock: this.#context.clock,
        logger: this.#context.logger,
        signal: this.#closing.signal,
        onContainer: (id) => this.#noticed(id),
        onReset: () => this.#compareAll(),
        onLost: () => this.#context.presence.lost(),
      }),
      this.#lookAgainForEver(),
      this.#cleanUpImagesForEver(),
    ]);
    for (const runner of this.#runners.values()) this.#settle(runner.task);
    this.#admit();
  }

  /** Stops working and leaves every container as it is. The state is the caller's to close. */
  async close(): Promise<void> {
    this.#reporter.close();
    this.#closing.abort();
    await this.#watching;
  }

  async assign(tasks: readonly ChannelTask[], seqNum: number): Promise<void> {
    const { state } = this.#deps;
    for (const payload of tasks.filter(({ desiredStatus }) => desiredStatus === "STOPPED")) this.#assignStop(payload);
    for (const payload of tasks.filter(({ desiredStatus }) => desiredStatus !== "STOPPED")) this.#assignNew(payload);
    if (seqNum > state.facts().sequenceNumber) state.setFacts({ sequenceNumber: seqNum });
    this.#admit();
    await state.durable();
  }

  async compare(listed: readonly ManifestEntry[], timeline: number): Promise<Comparison> {
    const { state } = this.#deps;
    if (timeline <= state.facts().sequenceNumber) return { outdated: true };
    state.setFacts({ sequenceNumber: timeline });
    const wanted = new Set(
      listed.filter(({ desiredStatus }) => desiredStatus === "RUNNING").map(({ taskArn }) => taskArn),
    );
    const unlisted = [...this.#runners.values()].filter(
      ({ task }) => task.desiredStatus === "RUNNING" && !wanted.has(task.arn),
    );
    await state.durable();
    return { outdated: false, stopCandidates: unlisted.map(({ task }) => ({ taskArn: task.arn })) };
  }

  async stop(taskArns: readonly string[]): Promise<void> {
    for (const arn of taskArns) this.#runners.get(arn)?.stop();
    await this.#deps.state.durable();
  }

  health(): readonly TaskHealth[] {
    return [...this.#runners.values()].flatMap(({ task }) => taskHealth(task) ?? []);
  }

  onHealthChange(listener: () => void): () => void {
    this.#healthListeners.add(listener);
    return () => void this.#healthListeners.delete(listener);
  }

  /** Every task that is not forgotten yet. */
  tasks(): readonly KnownTask[] {
    return [...this.#runners.values()].map(({ task }) => task);
  }

  #assignStop(payload: ChannelTask): void {
    const runner = this.#runners.get(payload.arn);
    if (runner !== undefined) runner.stop();
    else this.#add(unknownStoppedTask(payload));
  }

  #assignNew(payload: ChannelTask): void {
    if (this.#runners.has(payload.arn) || this.#forgotten.has(payload.arn)) return;
    this.#add(newKnownTask(payload, this.#context.hex));
  }

  #add(added: KnownTask): void {
    const { task, order } = acceptTask(added, this.#context.settings.platform);
    this.#runners.set(task.arn, new TaskRunner(this.#context, task, order, this.#changed));
    this.#deps.state.save(task);
    const lack = isStopped(task) ? undefined : this.#host.enqueue(task.arn, taskDemand(task.payload));
    if (lack !== undefined) this.#refuse(task, lack);
    else if (isStopped(task)) this.#settle(task);
  }

  #refuse(task: KnownTask, lack: string): void {
    const reason = `resource cannot be initialized for task ${task.arn}: ${lack}`;
    this.#runners.get(task.arn)?.change(withNothingStarted(task, reason));
  }

  #admit(): void {
    for (const arn of this.#host.admit()) this.#runners.get(arn)?.admit();
  }

  readonly #changed = (task: KnownTask, before: KnownTask): void => {
    this.#deps.state.save(task);
    this.#index(task, before);
    this.#reporter.consider(task);
    if (healthChanged(before, task)) for (const listener of this.#healthListeners) listener();
    if (isStopped(task) && !isStopped(before)) {
      this.#host.release(task.arn);
      // Not inside of what just changed: whoever is admitted starts to act at once.
      queueMicrotask(() => this.#admit());
    }
  };

  #index(task: KnownTask, before: KnownTask | undefined): void {
    if (task.containers === before?.containers) return;
    for (const { name, runtimeId } of task.containers) {
      const earlier = before && containerOf(before, name)?.runtimeId;
      if (earlier !== undefined && earlier !== runtimeId) this.#byRuntimeId.delete(earlier);
      if (runtimeId !== undefined) this.#byRuntimeId.set(runtimeId, { arn: task.arn, container: name });
    }
  }

  #noticed(runtimeId: string): void {
    const found = this.#byRuntimeId.get(runtimeId);
    if (found !== undefined) this.#runners.get(found.arn)?.look(found.container);
  }

  #acknowledged(arn: string, acknowledged: Acknowledged): void {
    const runner = this.#runners.get(arn);
    if (runner === undefined) return;
    runner.change({ ...runner.task, acknowledged });
    this.#settle(runner.task);
  }

  /** Reports what is to be reported, and takes away what is over. */
  #settle(task: KnownTask): void {
    this.#reporter.consider(task);
    if (!isStopped(task) || task.acknowledged.task !== "STOPPED") return;
    this.#host.release(task.arn);
    const { cleanupWaitMs } = this.#context.settings;
    if (cleanupWaitMs > 0) this.#context.clock.after(cleanupWaitMs, () => void this.#remove(task.arn));
    else void this.#remove(task.arn);
  }

  async #remove(arn: string): Promise<void> {
    const { closing, clock, logger, hooks } = this.#context;
    const runner = this.#runners.get(arn);
    if (runner === undefined || closing.aborted) return;
    try {
      await runner.remove();
    } catch (error) {
      if (closing.aborted) return;
      logger.warn({ err: error, taskArn: arn }, "containers of a stopped task could not be removed");
      clock.after(removeAgainMs, () => void this.#remove(arn));
      return;
    }
    this.#runners.delete(arn);
    for (const { runtimeId } of runner.task.containers)
      if (runtimeId !== undefined) this.#byRuntimeId.delete(runtimeId);
    this.#forgotten.add(arn);
    this.#deps.state.remove(arn);
    for (const hook of hooks) hook.forgotten?.(runner.task.payload);
  }

  #adopt({ byTask }: Claims): void {
    for (const known of this.#deps.state.tasks()) {
      const { task, order } = acceptTask(known, this.#context.settings.platform);
      const runner = new TaskRunner(this.#context, task, order, this.#changed);
      this.#runners.set(task.arn, runner);
      this.#index(task, undefined);
      announceAll(this.#context, task);
      const own = byTask.get(task.arn) ?? new Map<string, Observation>();
      runner.adopt(own);
      this.#resume(runner, own.size > 0);
    }
  }

  #resume(runner: TaskRunner, isHere: boolean): void {
    const { task } = runner;
    if (isStopped(task)) return;
    const demand = taskDemand(task.payload);
    if (isHere) {
      this.#host.take(task.arn, demand);
      runner.admit();
      return;
    }
    const lack = this.#host.enqueue(task.arn, demand);
    if (lack !== undefined) this.#refuse(task, lack);
    else runner.advance();
  }

  async #removeOrphan({ id, name }: Observation): Promise<void> {
    const { runtime, logger } = this.#context;
    logger.warn({ container: name }, "removing a container of a task that nobody knows");
    try {
      await runtime.remove(id);
    } catch (error) {
      logger.warn({ err: error, container: name }, "it could not be removed");
    }
  }

  #look(): Promise<readonly Observation[]> {
    return this.#context.runtime.list(this.#context.settings.labels);
  }

  async #compareAll(): Promise<void> {
    const seen = await this.#look();
    const { byTask, orphans } = claimContainers(this.tasks(), seen);
    for (const runner of this.#runners.values()) {
      if (!isStopped(runner.task)) runner.compare(byTask.get(runner.task.arn) ?? new Map());
    }
    // What a process that died had asked for may have come into being since this one looked for the first time.
    await Promise.all(orphans.map((orphan) => this.#removeOrphan(orphan)));
    this.#context.presence.found();
  }

  async #lookAgainForEver(): Promise<void> {
    const { clock, settings, logger } = this.#context;
    const { signal } = this.#closing;
    for (;;) {
      await sleep(clock, settings.lookAgainMs, signal);
      if (signal.aborted) return;
      try {
        await this.#compareAll();
      } catch (error) {
        logger.debug({ err: error }, "the container engine does not answer");
      }
    }
  }

  async #cleanUpImagesForEver(): Promise<void> {
    const { clock, settings, images } = this.#context;
    const { signal } = this.#closing;
    const { imageCleanup } = settings;
    while (imageCleanup !== undefined && !signal.aborted) {
      await sleep(clock, imageCleanup.everyMs, signal);
      if (!signal.aborted) await images.cleanUp(imageCleanup, clock.now());
    }
  }
}
