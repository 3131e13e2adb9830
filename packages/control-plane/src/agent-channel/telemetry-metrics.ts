import type { InstanceMeasurement, TaskMeasurement } from "../metrics/utilization-metrics.ts";
import type { ContainerInstance } from "../model/container-instance.ts";
import type { Demand } from "../model/task.ts";
import type { Snapshot } from "../store/store.ts";
import { isObject, objectsIn } from "./read-json.ts";

/** No agent has so many tasks that it measures; what goes beyond is taken as a set of its own. */
const mostTasks = 5000;

/**
 * The parts of one set of metrics: of more than ten tasks an agent tells in several messages, the last of which says `fin`. What
 * the tasks of a machine use together shows only in all of them. Source: agent protocol, section 4.2.
 */
export class MetricsParts {
  private tasks: Readonly<Record<string, unknown>>[] = [];

  /** @returns the tasks of the whole set, once its last part is here; undefined before */
  take({
    metadata,
    taskMetrics,
  }: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] | undefined {
    this.tasks.push(...objectsIn(taskMetrics));
    if (isObject(metadata) && metadata["fin"] === false && this.tasks.length < mostTasks) return undefined;
    const whole = this.tasks;
    this.tasks = [];
    return whole;
  }
}

/** What a measurement needs to know of a task; nothing of it changes once the task has its place. */
interface PlacedTask {
  readonly taskArn: string;
  readonly serviceArn?: string;
  readonly demand: Demand;
}

/**
 * The tasks of one container instance that its agent measures, as they were found when they were first measured: a fleet tells of
 * each of its tasks every few seconds.
 */
export class MeasuredTasks {
  private readonly containerInstanceArn: string;
  private known: ReadonlyMap<string, PlacedTask> = new Map();

  constructor(containerInstanceArn: string) {
    this.containerInstanceArn = containerInstanceArn;
  }

  /**
   * What PublishMetricsRequest measured, in CPU units and MiB. Tasks that are not on the instance are left out, and so is what is
   * no number; an instance that only serves Fargate's tasks counts for no cluster. Source: agent protocol, section 4.3: CPU comes
   * in per cent of the whole machine, memory in MiB.
   */
  measure(snapshot: Snapshot, taskMetrics: unknown): InstanceMeasurement | undefined {
    const instance = snapshot.get("containerInstance", this.containerInstanceArn)?.value;
    if (instance === undefined) return undefined;
    const before = this.known;
    const known = new Map<string, PlacedTask>();
    const tasks: TaskMeasurement[] = [];
    for (const { taskArn, containerMetrics } of objectsIn(taskMetrics)) {
      if (typeof taskArn !== "string") continue;
      const task = before.get(taskArn) ?? this.find(snapshot, taskArn);
      if (task === undefined) continue;
      known.set(task.taskArn, task);
      tasks.push(taskMeasurement(task, instance, objectsIn(containerMetrics)));
    }
    this.known = known;
    return {
      containerInstanceArn: this.containerInstanceArn,
      ...(instance.capacity === "FARGATE" ? {} : { clusterArn: instance.clusterArn }),
      available: { cpuUnits: instance.registered.cpu, memoryMiB: instance.registered.memory },
      tasks,
    };
  }

  private find(snapshot: Snapshot, arn: string): PlacedTask | undefined {
    const stored = snapshot.get("task", arn);
    if (stored?.value.containerInstanceArn !== this.containerInstanceArn) return undefined;
    const { serviceArn, demand } = stored.value;
    return { taskArn: stored.arn, demand, ...(serviceArn === undefined ? {} : { serviceArn }) };
  }
}

function taskMeasurement(
  { taskArn, serviceArn, demand }: PlacedTask,
  { registered }: ContainerInstance,
  containers: readonly Readonly<Record<string, unknown>>[],
): TaskMeasurement {
  const sumOf = (set: string) => containers.reduce((sum, container) => sum + averageOf(container[set]), 0);
  return {
    taskArn,
    ...(serviceArn === undefined ? {} : { serviceArn }),
    cpuUnits: { used: (sumOf("cpuStatsSet") / 100) * registered.cpu, available: demand.cpu },
    memoryMiB: { used: sumOf("memoryStatsSet"), available: demand.memory },
  };
}

function averageOf(set: unknown): number {
  if (!isObject(set)) return 0;
  const { sum, sampleCount } = set;
  const average = typeof sum === "number" && typeof sampleCount === "number" ? sum / sampleCount : 0;
  return Number.isFinite(average) && average > 0 ? average : 0;
}
