import type { InstanceMeasurement, TaskMeasurement } from "../metrics/utilization-metrics.ts";
import type { ContainerInstance } from "../model/container-instance.ts";
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

/**
 * What PublishMetricsRequest measured, in CPU units and MiB. Tasks that are not on the instance are left out, and so is what is
 * no number; an instance that only serves Fargate's tasks counts for no cluster. Source: agent protocol, section 4.3: CPU comes
 * in per cent of the whole machine, memory in MiB.
 */
export function instanceMeasurement(
  snapshot: Snapshot,
  containerInstanceArn: string,
  taskMetrics: unknown,
): InstanceMeasurement | undefined {
  const instance = snapshot.get("containerInstance", containerInstanceArn)?.value;
  if (instance === undefined) return undefined;
  const tasks = objectsIn(taskMetrics).flatMap((metric) =>
    taskMeasurement(snapshot, containerInstanceArn, instance, metric),
  );
  return {
    containerInstanceArn,
    ...(instance.capacity === "FARGATE" ? {} : { clusterArn: instance.clusterArn }),
    available: { cpuUnits: instance.registered.cpu, memoryMiB: instance.registered.memory },
    tasks,
  };
}

function taskMeasurement(
  snapshot: Snapshot,
  containerInstanceArn: string,
  { registered }: ContainerInstance,
  { taskArn, containerMetrics }: Readonly<Record<string, unknown>>,
): readonly TaskMeasurement[] {
  const task = typeof taskArn === "string" ? snapshot.get("task", taskArn)?.value : undefined;
  if (typeof taskArn !== "string" || task?.containerInstanceArn !== containerInstanceArn) return [];
  const containers = objectsIn(containerMetrics);
  const sumOf = (set: string) => containers.reduce((sum, container) => sum + averageOf(container[set]), 0);
  return [
    {
      taskArn,
      ...(task.serviceArn === undefined ? {} : { serviceArn: task.serviceArn }),
      cpuUnits: { used: (sumOf("cpuStatsSet") / 100) * registered.cpu, available: task.demand.cpu },
      memoryMiB: { used: sumOf("memoryStatsSet"), available: task.demand.memory },
    },
  ];
}

function averageOf(set: unknown): number {
  if (!isObject(set)) return 0;
  const { sum, sampleCount } = set;
  const average = typeof sum === "number" && typeof sampleCount === "number" ? sum / sampleCount : 0;
  return Number.isFinite(average) && average > 0 ? average : 0;
}
