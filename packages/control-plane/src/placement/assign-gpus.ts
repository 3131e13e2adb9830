import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { Task } from "../model/task.ts";
import type { TaskDefinition } from "../model/task-definition.ts";
import { gpusOf } from "../model/task-demand.ts";
import type { Snapshot } from "../store/store.ts";

/**
 * GPUs of container instances that tasks do not hold yet. Counts on within one commit, as the candidates of a placement do;
 * that two commits never hand out the same one is the affair of the instance's revision.
 */
export class FreeGpus {
  readonly #snapshot: Snapshot;
  readonly #free = new Map<string, string[]>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Takes so many of an instance; fewer if there are no more. */
  take(containerInstanceArn: string, gpuIds: readonly string[], count: number): readonly string[] {
    let free = this.#free.get(containerInstanceArn);
    if (free === undefined) {
      const held = gpusHeld(this.#snapshot, containerInstanceArn);
      free = gpuIds.filter((id) => !held.has(id));
      this.#free.set(containerInstanceArn, free);
    }
    return free.splice(0, count);
  }
}

/** The GPUs that tasks of a container instance hold. */
export function gpusHeld(snapshot: Snapshot, containerInstanceArn: string): ReadonlySet<string> {
  return new Set(
    snapshot
      .list("task", { containerInstanceArn })
      .flatMap(({ value: { lastStatus, containers } }) =>
        lastStatus === "STOPPED" ? [] : containers.flatMap(({ gpuIds = [] }) => gpuIds),
      ),
  );
}

/** A task's containers, each with GPUs of its own as its definition asks for. @param take hands out so many */
export function withGpus(
  { containers, overrides }: Task,
  { registered }: Pick<TaskDefinition, "registered">,
  take: (count: number) => readonly string[],
): Task["containers"] {
  return containers.map((container) => {
    const stated = overrides.containerOverrides?.find(({ name }) => name === container.name)?.resourceRequirements;
    const definition = registered.containerDefinitions?.find(({ name }) => name === container.name) ?? {};
    const asked: ContainerDefinition = stated === undefined ? definition : { resourceRequirements: stated };
    const count = gpusOf(asked);
    return count === 0 ? container : { ...container, gpuIds: take(count) };
  });
}
