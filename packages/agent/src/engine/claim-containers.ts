import type { Observation } from "../runtime/container-runtime.ts";
import type { KnownTask } from "./known-task.ts";

/** Whose the containers are that the runtime shows. */
export interface Claims {
  /** By task ARN, and by the container's name in the task. */
  readonly byTask: ReadonlyMap<string, ReadonlyMap<string, Observation>>;
  /** Ours by their label, and nobody's: of tasks that are unknown, or of an earlier try to start one. */
  readonly orphans: readonly Observation[];
}

/** Finds the task of each container. The name decides, which is chosen before a container is created and kept with its task. */
export function claimContainers(tasks: Iterable<KnownTask>, seen: readonly Observation[]): Claims {
  const owners = new Map<string, { readonly arn: string; readonly container: string }>();
  for (const { arn, containers } of tasks) {
    for (const { name, runtimeName } of containers) owners.set(runtimeName, { arn, container: name });
  }
  const byTask = new Map<string, Map<string, Observation>>();
  const orphans: Observation[] = [];
  for (const observation of seen) {
    const owner = owners.get(observation.name);
    if (owner === undefined) {
      orphans.push(observation);
      continue;
    }
    const own = byTask.get(owner.arn) ?? new Map<string, Observation>();
    byTask.set(owner.arn, own.set(owner.container, observation));
  }
  return { byTask, orphans };
}
