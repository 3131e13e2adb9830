import type { Deployment } from "../../model/service.ts";
import type { IdSource } from "../../platform/ids.ts";
import type { Settings } from "../../settings.ts";
import type { Stored, Write } from "../../store/store.ts";
import { addEvents } from "./service-events.ts";
import type { WholeService } from "./service-view.ts";

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

/** What is told of a service, or of one of its task sets. */
export interface News {
  /** As its messages name it: `web`, or `web, taskSet ecs-svc/1`. */
  readonly name: string;
  readonly messages: readonly string[];
}

/** The service's events with messages in front, if they say anything new. */
export function eventsWrite(
  view: Pick<WholeService, "stored" | "events" | "now">,
  messages: readonly string[],
  { ids }: PassDependencies,
  steady = false,
): readonly Write[] {
  return newsWrite(view, [{ name: view.stored.value.serviceName, messages }], { ids }, steady);
}

/** The same for several that are told of together. */
export function newsWrite(
  view: Pick<WholeService, "events" | "now">,
  news: readonly News[],
  { ids }: Pick<PassDependencies, "ids">,
  steady: boolean,
): readonly Write[] {
  const { arn, revision, value } = view.events;
  const newId = () => ids.uuid();
  const next = news.reduce(
    (events, { name, messages }) => addEvents(events, name, { messages, steady, now: view.now, newId }),
    value,
  );
  return next === value ? [] : [{ kind: "serviceEvents", arn, expected: revision, value: next }];
}

/** Takes away what is stored. */
export const removals = (resources: readonly Stored<"deployment" | "task" | "taskSet">[]): readonly Write[] =>
  resources.map(({ kind, arn, revision }): Write => ({ kind, arn, expected: revision, value: null }));
