import type { HealthStatus } from "@hatoba/contract";
import type { Task } from "../model/task.ts";
import { NotFoundError, type Store } from "../store/store.ts";
import { update } from "../store/update.ts";
import { objectsIn } from "./read-json.ts";

/** Keeps what an agent says of its containers' health; tasks that are not on its instance are left out. */
export async function keepHealth(tasks: unknown, containerInstanceArn: string, store: Store): Promise<void> {
  await Promise.all(
    objectsIn(tasks).map(async ({ taskArn, containers }) => {
      if (typeof taskArn !== "string") return;
      const health = healthByName(containers);
      try {
        await update(store, "task", taskArn, (task) =>
          task.containerInstanceArn === containerInstanceArn ? withHealth(task, health) : task,
        );
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }),
  );
}

function healthByName(containers: unknown): ReadonlyMap<string, HealthStatus> {
  const health = new Map<string, HealthStatus>();
  for (const { containerName, healthStatus } of objectsIn(containers)) {
    const known = (["HEALTHY", "UNHEALTHY", "UNKNOWN"] as const).find((status) => status === healthStatus);
    if (typeof containerName === "string" && known !== undefined) health.set(containerName, known);
  }
  return health;
}

/** The task with what its agent says of its containers' health; the same object if that is nothing new. */
export function withHealth(task: Task, health: ReadonlyMap<string, HealthStatus>): Task {
  const isNews = task.containers.some(
    ({ name, healthStatus }) => health.has(name) && health.get(name) !== healthStatus,
  );
  if (!isNews || task.lastStatus === "STOPPED") return task;
  return {
    ...task,
    containers: task.containers.map((container) => {
      const healthStatus = health.get(container.name);
      return healthStatus === undefined ? container : { ...container, healthStatus };
    }),
  };
}
