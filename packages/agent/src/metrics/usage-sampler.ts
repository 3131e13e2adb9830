import type { MetricsSource, TaskMetric } from "../channel/control-plane.ts";
import { definitionOf, isInternal, isStopped, type KnownContainer, type KnownTask } from "../engine/known-task.ts";
import { Limiter } from "../engine/limiter.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";
import { containerMetric } from "./container-metric.ts";
import { type Usage, usageOf } from "./usage.ts";

export interface UsageSamplerOptions {
  readonly tasks: () => readonly KnownTask[];
  readonly runtime: Pick<ContainerRuntime, "stats">;
  /** Processors of the machine. */
  readonly cpus: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The engine is asked of so many containers at a time. */
const atOnce = 4;

/**
 * How long until everything is measured again, in milliseconds: every five seconds on a quiet machine, and with more containers
 * less often, so that no more than five are measured a second. Each costs the engine some two milliseconds.
 */
export const sampleEvery = (containers: number): number => Math.min(20_000, Math.max(5000, containers * 200));

/** Measures what containers use, as long as somebody wants to know, and keeps it until it is fetched. */
export class UsageSampler implements MetricsSource {
  readonly #options: UsageSamplerOptions;
  readonly #limiter = new Limiter(atOnce);
  /** By runtime id. */
  readonly #usages = new Map<string, { readonly before?: Usage; readonly usages: readonly Usage[] }>();
  #callOff: (() => void) | undefined;
  #wanted = 0;
  /** Rounds go on in turns: one that was begun before it was stopped is followed by none. */
  #turn = 0;

  constructor(options: UsageSamplerOptions) {
    this.#options = options;
  }

  start(): () => void {
    this.#wanted += 1;
    if (this.#wanted === 1) void this.#round(++this.#turn);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#wanted -= 1;
      if (this.#wanted === 0) this.#callOff?.();
    };
  }

  isIdle(): boolean {
    return this.#options.tasks().every(isStopped);
  }

  takeMetrics(): readonly TaskMetric[] {
    const metrics = this.#options.tasks().flatMap((task) => this.#metricOf(task));
    for (const [id, { before, usages }] of this.#usages) {
      const last = usages.at(-1) ?? before;
      this.#usages.set(id, { ...(last === undefined ? {} : { before: last }), usages: [] });
    }
    return metrics;
  }

  #metricOf(task: KnownTask): readonly TaskMetric[] {
    const { payload } = task;
    const containerMetrics = running(task).flatMap((container) => {
      const kept = this.#usages.get(container.runtimeId);
      const hasPolicy = definitionOf(payload, container.name)?.restartPolicy?.enabled === true;
      const metric =
        kept &&
        containerMetric({
          ...kept,
          containerName: container.name,
          cpus: this.#options.cpus,
          ...(hasPolicy ? { restartCount: container.restarts ?? 0 } : {}),
        });
      return metric ?? [];
    });
    if (containerMetrics.length === 0) return [];
    const { family, version, taskClusterArn } = payload;
    return [
      {
        taskArn: task.arn,
        ...(taskClusterArn ? { clusterArn: taskClusterArn } : {}),
        taskDefinitionFamily: family,
        taskDefinitionVersion: version,
        containerMetrics,
      },
    ];
  }

  /** Measures everything once, and sees to the next time. */
  async #round(turn: number): Promise<void> {
    const { tasks, clock, logger } = this.#options;
    const ids = tasks().flatMap((task) => running(task).map(({ runtimeId }) => runtimeId));
    for (const id of this.#usages.keys()) if (!ids.includes(id)) this.#usages.delete(id);
    try {
      await Promise.all(ids.map((id) => this.#limiter.run(() => this.#measure(id))));
    } catch (error) {
      logger.debug({ err: error }, "what containers use could not be measured");
    }
    if (this.#wanted === 0 || turn !== this.#turn) return;
    this.#callOff = clock.after(sampleEvery(ids.length), () => void this.#round(turn));
  }

  async #measure(id: string): Promise<void> {
    if (this.#wanted === 0) return;
    const stats = await this.#options.runtime.stats(id);
    const usage = stats && usageOf(stats);
    if (usage === undefined) return;
    const known = this.#usages.get(id);
    this.#usages.set(id, { ...known, usages: [...(known?.usages ?? []), usage] });
  }
}

const running = (task: KnownTask): readonly (KnownContainer & { readonly runtimeId: string })[] =>
  task.containers.flatMap((container) =>
    container.status === "RUNNING" && container.runtimeId !== undefined && !isInternal(container.name)
      ? [{ ...container, runtimeId: container.runtimeId }]
      : [],
  );
