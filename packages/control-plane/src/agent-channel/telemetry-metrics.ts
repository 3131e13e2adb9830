import type { InstanceMeasurement, TaskMeasurement } from "../metrics/utilization-metrics.ts";
import type { ContainerInstance } from "../model/container-instance.ts";
import type { Snapshot } from "../store/store.ts";
import { isObject, objectsIn } from "./read-json.ts";

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
