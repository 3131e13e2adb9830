import { ContainerFailure, type Observation } from "../runtime/container-runtime.ts";
import { announce } from "./announce.ts";
import { ContainerActs } from "./container-acts.ts";
import type { Act } from "./container-steps.ts";
import type { DependencyOrder } from "./dependency-order.ts";
import type { EngineContext } from "./engine-context.ts";
import {
  containerOf,
  isInternal,
  isStopped,
  type KnownContainer,
  type KnownTask,
  withContainer,
  withNothingStarted,
  withStopWanted,
} from "./known-task.ts";
import { givenUp, observe, vanished } from "./observe-container.ts";
import { planTask } from "./plan-task.ts";
import { mayRestart } from "./restart-policy.ts";
import { TaskFailure } from "./task-failure.ts";

/**
 * Carries one task through its life: asks the plan what can be done, does it, records what came of it, and asks again.
 * At most one act is under way per container; containers of a task move at the same time.
 */
export class TaskRunner {
  readonly #context: EngineContext;
  readonly #order: DependencyOrder;
  readonly #acts: ContainerActs;
  readonly #onChange: (task: KnownTask, before: KnownTask) => void;
  #task: KnownTask;
  #admitted = false;
  #isAdopted = false;
  /** Acts under way, by container. */
  readonly #busy = new Map<string, AbortController>();
  /** Containers being looked at. */
  readonly #looking = new Set<string>();
  /** Containers to be looked at as soon as that is possible. */
  readonly #stale = new Set<string>();
  #wakeUp: (() => void) | undefined;
  #wakeAt: number | undefined;

  /** @param onChange called with every change of the task, at once */
  constructor(
    context: EngineContext,
    task: KnownTask,
    order: DependencyOrder,
    onChange: (task: KnownTask, before: KnownTask) => void,
  ) {
    this.#context = context;
    this.#task = task;
    this.#order = order;
    this.#onChange = onChange;
    this.#acts = new ContainerActs(context, () => this.#task);
  }

  get task(): KnownTask {
    return this.#task;
  }

  /** The task has its share of the machine. */
  admit(): void {
    this.#admitted = true;
    this.advance();
  }

  /** The control plane wants its end. */
  stop(): void {
    this.change(withStopWanted(this.#task));
    this.advance();
  }

  /** Replaces what is known of the task. */
  change(task: KnownTask): void {
    const before = this.#task;
    if (task === before) return;
    this.#task = task;
    if (before.desiredStatus !== task.desiredStatus) {
      // Pulls end, and so does waiting for another try; what the engine has begun is seen through.
      for (const controller of this.#busy.values()) controller.abort();
    }
    announce(this.#context, before, task);
    this.#onChange(task, before);
  }

  /** Does whatever can be done now. */
  advance(): void {
    if (this.#context.closing.aborted || isStopped(this.#task)) return;
    if (!this.#admitted) {
      if (this.#task.desiredStatus === "STOPPED") this.change(withNothingStarted(this.#task));
      return;
    }
    const { clock } = this.#context;
    for (;;) {
      const { acts, hopeless, wakeAt } = planTask(this.#task, this.#order, clock.now());
      const [first] = hopeless;
      if (first === undefined) {
        this.#wake(wakeAt);
        for (const { container, act } of acts) this.#begin(container, act);
        return;
      }
      this.#busy.get(first.container)?.abort();
      const known = containerOf(this.#task, first.container);
      if (known !== undefined) this.#set(givenUp(known, clock.now(), first.reason, 143));
    }
  }

  /** Something may have happened to a container. */
  look(name: string): void {
    if (this.#busy.has(name) || this.#looking.has(name)) {
      this.#stale.add(name);
      return;
    }
    const id = containerOf(this.#task, name)?.runtimeId;
    if (id === undefined) return;
    this.#looking.add(name);
    void this.#inspect(name, id);
  }

  /** What the runtime shows of the task's containers, by name; for one that is not among them, it is asked again. */
  compare(seen: ReadonlyMap<string, Observation>): void {
    for (const { name, status } of this.#task.containers) {
      const observation = seen.get(name);
      if (observation === undefined || this.#busy.has(name)) {
        if (status === "CREATED" || status === "RUNNING") this.look(name);
      } else {
        this.#noticed(name, observation);
      }
    }
    this.advance();
  }

  /** As `compare`, after a restart of the agent: what is not among them is gone. */
  adopt(seen: ReadonlyMap<string, Observation>): void {
    this.#isAdopted = true;
    for (const container of this.#task.containers) {
      const observation = seen.get(container.name);
      if (observation !== undefined) this.#noticed(container.name, observation);
      else if (container.runtimeId !== undefined || container.status === "CREATED" || container.status === "RUNNING") {
        this.#set(vanished(container, this.#context.clock.now()));
      }
    }
  }

  /** Takes everything of a stopped task out of the runtime. Rejects when the engine closes. */
  remove(): Promise<void> {
    this.#wakeUp?.();
    return this.#acts.removeAll(this.#isAdopted);
  }

  #begin(name: string, act: Act): void {
    if (this.#busy.has(name)) return;
    const known = containerOf(this.#task, name);
    if (known === undefined) return;
    if (act === "stop" && known.status !== "RUNNING") {
      this.#set(givenUp(known, this.#context.clock.now()));
      return this.advance();
    }
    const controller = new AbortController();
    this.#busy.set(name, controller);
    void this.#perform(name, act, controller.signal);
  }

  async #perform(name: string, act: Act, signal: AbortSignal): Promise<void> {
    try {
      switch (act) {
        case "pull":
          this.#pulled(name, await this.#acts.pull(name, signal));
          break;
        case "create":
          await this.#acts.create(name, signal, {
            created: this.#created(name),
            mayStart: () =>
              planTask(this.#task, this.#order, this.#context.clock.now()).acts.some(
                (next) => next.container === name && next.act === "start",
              ),
            started: (running) => this.#reach(name, running),
          });
          break;
        case "start":
          this.#reach(name, await this.#acts.start(name, signal, this.#created(name)));
          break;
        case "stop":
          this.#stale.delete(name);
          this.#ended(name, await this.#acts.stop(name));
          break;
      }
    } catch (error) {
      this.#failed(name, act, error);
    }
    this.#free(name);
  }

  #free(name: string): void {
    this.#busy.delete(name);
    if (this.#context.closing.aborted) return;
    if (this.#stale.delete(name)) this.look(name);
    this.advance();
  }

  #pulled(
    name: string,
    { imageDigest, warning, pullStartedAt, pullStoppedAt }: Awaited<ReturnType<ContainerActs["pull"]>>,
  ): void {
    const task = this.#task;
    if (pullStartedAt !== undefined && pullStoppedAt !== undefined) {
      this.#task = {
        ...task,
        pullStartedAt: Math.min(task.pullStartedAt ?? pullStartedAt, pullStartedAt),
        pullStoppedAt: Math.max(task.pullStoppedAt ?? pullStoppedAt, pullStoppedAt),
      };
    }
    this.#reach(name, {
      status: "PULLED",
      ...(imageDigest === undefined ? {} : { imageDigest }),
      ...(warning === undefined ? {} : { warning }),
    });
  }

  readonly #created = (name: string) => (runtimeId: string) => this.#reach(name, { status: "CREATED", runtimeId });

  /** A status that an act has brought about, unless the container went on further meanwhile. */
  #reach(name: string, reached: Partial<KnownContainer>): void {
    const known = containerOf(this.#task, name);
    if (known === undefined) return;
    const { runtimeId } = reached;
    if (known.status === "STOPPED") this.#set(runtimeId === undefined ? known : { ...known, runtimeId });
    else this.#set({ ...known, ...reached });
  }

  #ended(name: string, seen: Observation | undefined): void {
    const known = containerOf(this.#task, name);
    if (known === undefined) return;
    const { payload } = this.#task;
    const now = this.#context.clock.now();
    this.#set(givenUp(seen === undefined ? known : observe(payload, known, seen, now), now));
  }

  #failed(name: string, act: Act, error: unknown): void {
    const { clock, logger, closing, runtime } = this.#context;
    const known = containerOf(this.#task, name);
    if (closing.aborted || known === undefined || known.status === "STOPPED") return;
    if (act === "stop") {
      logger.error({ err: error, taskArn: this.#task.arn, container: name }, "container could not be stopped");
      this.change({ ...this.#task, reason: "TaskStateError: Agent could not progress task's state to stopped" });
      return this.#set(givenUp(known, clock.now(), reasonOf(act, error)));
    }
    if (error instanceof TaskFailure) {
      this.change(withStopWanted(this.#task, error.message));
      return this.#set(givenUp(known, clock.now()));
    }
    const given =
      this.#task.desiredStatus === "STOPPED" && !(error instanceof ContainerFailure) ? undefined : reasonOf(act, error);
    if (!(error instanceof ContainerFailure) && given !== undefined) {
      logger.error({ err: error, taskArn: this.#task.arn, container: name }, "container could not be brought up");
    }
    // Nobody but us knows of a pause container: without it there is no task, and the task says why.
    if (isInternal(name) && given !== undefined) {
      logger.warn(
        { err: error, taskArn: this.#task.arn, container: name },
        "the task's own container could not be brought up",
      );
      this.change(withStopWanted(this.#task, given));
    }
    // After a time-out it may yet have started.
    if (act === "start" && known.runtimeId !== undefined) runtime.stop(known.runtimeId, 0).catch(() => undefined);
    this.#set(givenUp(known, clock.now(), given));
  }

  async #inspect(name: string, id: string): Promise<void> {
    try {
      const seen = await this.#context.runtime.inspect(id);
      this.#looking.delete(name);
      const isReplaced = containerOf(this.#task, name)?.runtimeId !== id;
      if (this.#busy.has(name) || isReplaced) this.#stale.add(name);
      else if (seen !== undefined) this.#noticed(name, seen);
      else this.#gone(name);
    } catch (error) {
      this.#looking.delete(name);
      // When the engine answers again, everything is compared.
      this.#context.logger.debug({ err: error, container: name }, "container could not be inspected");
      return;
    }
    if (!this.#busy.has(name) && this.#stale.delete(name)) this.look(name);
    this.advance();
  }

  #gone(name: string): void {
    const known = containerOf(this.#task, name);
    if (known !== undefined) this.#set(vanished(known, this.#context.clock.now()));
  }

  #noticed(name: string, seen: Observation): void {
    const known = containerOf(this.#task, name);
    if (known === undefined) return;
    const now = this.#context.clock.now();
    // It was looked at before it was started again.
    if (seen.status === "STOPPED" && (seen.finishedAt ?? now) < (known.restartedAt ?? 0)) return;
    if (mayRestart(this.#task, known, seen, now)) this.#restart(known);
    else this.#set(observe(this.#task.payload, known, seen, now));
  }

  #restart(known: KnownContainer): void {
    if (this.#busy.has(known.name)) return;
    const controller = new AbortController();
    this.#busy.set(known.name, controller);
    this.#set({ ...known, restarts: (known.restarts ?? 0) + 1, restartedAt: this.#context.clock.now() });
    void this.#startAgain(known.name, controller.signal);
  }

  async #startAgain(name: string, signal: AbortSignal): Promise<void> {
    try {
      this.#reach(name, await this.#acts.start(name, signal, this.#created(name)));
    } catch (error) {
      this.#failed(name, "start", error);
    }
    this.#free(name);
  }

  #set(container: KnownContainer): void {
    if (containerOf(this.#task, container.name) !== container) {
      this.change(withContainer(this.#task, container, this.#context.clock.now()));
    }
  }

  #wake(at: number | undefined): void {
    if (at === this.#wakeAt) return;
    this.#wakeUp?.();
    this.#wakeAt = at;
    this.#wakeUp =
      at === undefined
        ? undefined
        : this.#context.clock.after(Math.max(0, at - this.#context.clock.now()), () => {
            this.#wakeAt = undefined;
            this.advance();
          });
  }
}

const failureNames: Record<Act, string> = {
  pull: "CannotPullContainerError",
  create: "CannotCreateContainerError",
  start: "CannotStartContainerError",
  stop: "CannotStopContainerError",
};

function reasonOf(act: Act, error: unknown): string {
  if (error instanceof ContainerFailure) return error.reason;
  return `${failureNames[act]}: ${error instanceof Error ? error.message : String(error)}`;
}
