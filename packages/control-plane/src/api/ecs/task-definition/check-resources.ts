import type { TaskDefinition } from "../../../model/task-definition.ts";
import type { NamedContainer } from "./check-containers.ts";
import { refuse } from "./refuse.ts";

const smallestMemoryMiB = 4;

/**
 * CPU and memory of the containers, by themselves and against those of the task.
 * Source: ECS API reference, ContainerDefinition; texts: cuttlesoft/ecs-deploy.py 17, klothoplatform/klotho 892.
 */
export function checkResources(
  { cpu: taskCpu, memory: taskMemory, requiresCompatibilities = [] }: TaskDefinition["registered"],
  containers: readonly NamedContainer[],
): void {
  for (const container of containers) {
    checkMemory(container, taskMemory);
    if ((container.cpu ?? 0) < 0) refuse(`Invalid 'cpu' setting for container '${container.name}'.`);
    checkAccelerators(container);
  }
  checkSums(taskCpu, taskMemory, containers);
  if (requiresCompatibilities.includes("FARGATE")) return;
  const units = Number(taskCpu ?? 128);
  if (units < 128 || units > 196_608) refuse("Invalid 'cpu' setting for task. It must be between 128 and 196608.");
}

function checkMemory({ name, memory, memoryReservation }: NamedContainer, taskMemory: string | undefined): void {
  if (memory === undefined && memoryReservation === undefined && taskMemory === undefined) {
    refuse(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  for (const [setting, value] of Object.entries({ memory, memoryReservation })) {
    if (value !== undefined && value < smallestMemoryMiB) {
      refuse(`Invalid '${setting}' setting for container '${name}'. It must be at least ${smallestMemoryMiB}.`);
    }
  }
  if (memory !== undefined && memoryReservation !== undefined && memory < memoryReservation) {
    refuse(`Invalid setting for container '${name}'. 'memory' must not be less than 'memoryReservation'.`);
  }
  if (memory !== undefined && taskMemory !== undefined && memory > Number(taskMemory)) {
    refuse(`Invalid setting for container '${name}'. 'memory' must not be greater than the 'memory' of the task.`);
  }
}

function checkSums(
  taskCpu: string | undefined,
  taskMemory: string | undefined,
  containers: readonly NamedContainer[],
): void {
  const sum = (amounts: readonly (number | undefined)[]) =>
    amounts.reduce<number>((total, each) => total + (each ?? 0), 0);
  if (taskCpu !== undefined && sum(containers.map(({ cpu }) => cpu)) > Number(taskCpu)) {
    refuse("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.");
  }
  const reserved = containers.map(({ memory, memoryReservation }) => memoryReservation ?? memory);
  if (taskMemory !== undefined && sum(reserved) > Number(taskMemory)) {
    refuse("The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.");
  }
}

function checkAccelerators({ name, resourceRequirements = [] }: NamedContainer): void {
  for (const { type, value } of resourceRequirements) {
    if (type === "GPU" && !/^[1-9]\d{0,2}$/.test(value ?? "")) {
      refuse(`Invalid 'resourceRequirements' setting for container '${name}'. The number of GPUs must be positive.`);
    }
  }
  if (resourceRequirements.filter(({ type }) => type === "GPU").length > 1) {
    refuse(`Invalid 'resourceRequirements' setting for container '${name}'. GPU can be given only once.`);
  }
}
