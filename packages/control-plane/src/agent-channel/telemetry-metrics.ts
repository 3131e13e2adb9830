import type { InstanceMeasurement, TaskMeasurement } from "../metrics/utilization-metrics.ts";
import type { ContainerInstance } from "../model/container-instance.ts";
import type { Demand } from "../model/task.ts";
import type { Snapshot } from "../store/store.ts";
import { isObject, objectsIn } from "./read-json.ts";

/** What a measurement needs to know of a task; nothing of it changes once the task has its place. */
interface PlacedTask {
  readonly taskArn: string;
  readonly serviceArn?: string;
  readonly demand: Demand;
}

/** What one message measured; of its last part also what came of all of them. */
export interface Measured {
  readonly tasks: readonly TaskMeasurement[];
  readonly instance?: InstanceMeasurement;
}

/** So many tasks that are gone may be known. */
const mostForgotten = 100;

/**
 * What one agent measures. Tasks are looked up when they are first measured, as a fleet tells of each of its tasks every few seconds. Of
 * more than ten tasks an agent tells in several messages, the last of which says `fin`: what they use together shows only in all of
 * them. Source: agent protocol, section 4.2.
 */
export class MeasuredTasks {
  private readonly containerInstanceArn: string;
  private known = new Map<string, PlacedTask>();
  /** Of the parts that have come. */
  private seen = 0;
  private cpuUnits = 0;
  private memoryMiB = 0;

  constructor(containerInstanceArn: string) {
    this.containerInstanceArn = containerInstanceArn;
  }

  /**
   * What a PublishMetricsRequest measured, in CPU units and MiB. Tasks that are not on the instance are left out, and so is what is
   * no number; an instance that only serves Fargate's tasks counts for no cluster. Source: agent protocol, section 4.3: CPU comes
   * in per cent of the whole machine, memory in MiB.
   */
  measure(snapshot: Snapshot, { metadata, taskMetrics }: Readonly<Record<string, unknown>>): Measured {
    const instance = snapshot.get("containerInstance", this.containerInstanceArn)?.value;
    if (instance === undefined) return { tasks: [] };
    const tasks = objectsIn(taskMetrics).flatMap((metric) => this.measureTask(snapshot, instance, metric));
    for (const { cpuUnits, memoryMiB } of tasks) {
      this.cpuUnits += cpuUnits.used;
      this.memoryMiB += memoryMiB.used;
    }
    this.seen += tasks.length;
    if (isObject(metadata) && metadata["fin"] === false) return { tasks };
    const { cpuUnits, memoryMiB } = this;
    this.beginSet();
    if (instance.capacity === "FARGATE") return { tasks };
    return {
      tasks,
      instance: {
        containerInstanceArn: this.containerInstanceArn,
        clusterArn: instance.clusterArn,
        cpuUnits: { used: cpuUnits, available: instance.registered.cpu },
        memoryMiB: { used: memoryMiB, available: instance.registered.memory },
      },
    };
  }

  private beginSet(): void {
    if (this.known.size > this.seen + mostForgotten) this.known = new Map();
    this.seen = 0;
    this.cpuUnits = 0;
    this.memoryMiB = 0;
  }

  private measureTask(
    snapshot: Snapshot,
    instance: ContainerInstance,
    { taskArn, containerMetrics }: Readonly<Record<string, unknown>>,
  ): readonly TaskMeasurement[] {
    const task = typeof taskArn === "string" ? (this.known.get(taskArn) ?? this.find(snapshot, taskArn)) : undefined;
    return task === undefined ? [] : [taskMeasurement(task, instance, objectsIn(containerMetrics))];
  }

  private find(snapshot: Snapshot, arn: string): PlacedTask | undefined {
    const stored = snapshot.get("task", arn);
    if (stored?.value.containerInstanceArn !== this.containerInstanceArn) return undefined;
    const { serviceArn, demand } = stored.value;
    const task = { taskArn: stored.arn, demand, ...(serviceArn === undefined ? {} : { serviceArn }) };
    this.known.set(stored.arn, task);
    return task;
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
