import type { Kind } from "../../model/resources.ts";
import { HttpRefusal } from "../http/refusal.ts";

/** What may be watched: nothing of it has secrets. */
export const watchedKinds = [
  "apiDestination",
  "capacityProvider",
  "cluster",
  "containerInstance",
  "deployment",
  "eventRule",
  "networkInterface",
  "securityGroup",
  "service",
  "serviceDeployment",
  "serviceEvents",
  "serviceRevision",
  "subnet",
  "task",
  "taskDefinition",
  "taskDefinitionFamily",
  "taskSet",
  "vpc",
] as const satisfies readonly Kind[];
export type WatchedKind = (typeof watchedKinds)[number];

export interface WatchQuery {
  readonly kinds: ReadonlySet<WatchedKind>;
  /** The revision after which changes are wanted; all that there is, and then changes, if absent. */
  readonly since?: number;
}

const isWatched = (kind: string): kind is WatchedKind => (watchedKinds as readonly string[]).includes(kind);
const invalid = (message: string) => new HttpRefusal({ name: "InvalidParameterException", message, status: 400 });

/**
 * Reads `kinds=task,service` (all if absent) and `since=REVISION`; Last-Event-ID, which browsers send when they connect again, stands
 * before `since`. @throws HttpRefusal
 */
export function parseWatchQuery(query: string, lastEventId: string | undefined): WatchQuery {
  const parameters = new URLSearchParams(query);
  const named = parameters.get("kinds")?.split(",") ?? watchedKinds;
  const unknown = named.find((kind) => !isWatched(kind));
  if (unknown !== undefined)
    throw invalid(`There is nothing to watch by the kind '${unknown}': ${watchedKinds.join(", ")}.`);
  const since = lastEventId || parameters.get("since");
  if (since && !/^\d{1,15}$/.test(since)) throw invalid(`'${since}' is no revision.`);
  return { kinds: new Set(named.filter(isWatched)), ...(since ? { since: Number(since) } : {}) };
}
