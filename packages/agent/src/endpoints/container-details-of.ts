import { type KnownTask } from "../engine/known-task.ts";
import type { ContainerDetails } from "../runtime/container-details.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";
import type { DetailsByName } from "./container-metadata.ts";

/** What the engine shows just now of every container of a task that was created. */
export async function detailsOfTask(
  runtime: Pick<ContainerRuntime, "details">,
  { containers }: KnownTask,
): Promise<DetailsByName> {
  const seen = await Promise.all(
    containers.map(async ({ name, runtimeId }): Promise<readonly (readonly [string, ContainerDetails])[]> => {
      const details = runtimeId === undefined ? undefined : await runtime.details(runtimeId);
      return details === undefined ? [] : [[name, details]];
    }),
  );
  return new Map(seen.flat());
}
