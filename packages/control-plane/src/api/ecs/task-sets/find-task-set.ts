import { type Place, parseArn, taskSetArn } from "@hatoba/contract";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import type { Named } from "../identifiers.ts";

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/** A service's task set, by its id (`ecs-svc/NUMBER`, or the number) or ARN. It need not exist. @throws EcsError InvalidParameterException */
export function taskSetArnFrom(
  identifier: string,
  { cluster, service, place }: { readonly cluster: Named; readonly service: Named; readonly place: Place },
): string {
  const inService = taskSetArn(place, cluster.name, service.name, "");
  if (!identifier.startsWith("arn:")) {
    const id = /^(?:ecs-svc\/)?(\d{1,20})$/.exec(identifier)?.[1];
    if (id === undefined) throw invalid(`Invalid identifier: ${identifier} is not the id of a task set.`);
    return `${inService}ecs-svc/${id}`;
  }
  const { resource = "" } = parseArn(identifier) ?? {};
  if (!resource.startsWith("task-set/")) {
    throw invalid(`Invalid identifier: Identifier is for ${resource.split("/")[0]}. Expected task-set`);
  }
  if (!identifier.startsWith(inService)) {
    throw invalid("Invalid identifier: The task set is not of the service that the call names.");
  }
  return identifier;
}

/** @throws EcsError TaskSetNotFoundException */
export function requireTaskSet(snapshot: Snapshot, arn: string): Stored<"taskSet"> {
  const stored = snapshot.get("taskSet", arn);
  if (stored === undefined) throw new EcsError("TaskSetNotFoundException", "The specified task set was not found.");
  return stored;
}
