import type { Deployment } from "../../model/service.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Stored, Write } from "../../store/store.ts";
import { addEvents } from "./service-events.ts";
import type { ServiceView } from "./service-view.ts";

/** What a pass needs beyond the store. */
export interface PassDependencies {
  readonly ids: IdSource;
  readonly settings: Settings;
}

/** A deployment with a new value. */
export const deploymentWrite = ({ arn, revision }: Stored<"deployment">, value: Deployment, now: number): Write => ({
  kind: "deployment",
  arn,
  expected: revision,
  value: { ...value, updatedAt: now },
});

/** The service's events with messages in front, if they say anything new. */
export function eventsWrite(
  view: ServiceView,
  messages: readonly string[],
  { ids }: PassDependencies,
  steady = false,
): readonly Write[] {
  const { arn, revision, value } = view.events;
  const newId = () => ids.uuid();
  const next = addEvents(value, view.stored.value.serviceName, { messages, steady, now: view.now, newId });
  return next === value ? [] : [{ kind: "serviceEvents", arn, expected: revision, value: next }];
}

/** Takes away what is stored. */
export const removals = (resources: readonly Stored<"deployment" | "task">[]): readonly Write[] =>
  resources.map(({ kind, arn, revision }): Write => ({ kind, arn, expected: revision, value: null }));
