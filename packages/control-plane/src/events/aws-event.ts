/** An event as EventBridge carries it; as JSON it is what targets get. Source: EventBridge user guide, "Events". */
export interface AwsEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  /** As `aws.ecs`. */
  readonly source: string;
  readonly account: string;
  /** ISO 8601 in whole seconds, UTC. */
  readonly time: string;
  readonly region: string;
  /** ARNs. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What is particular to one event; the rest is the house's. */
export type EventDraft = Pick<AwsEvent, "detail-type" | "source" | "resources" | "detail"> & {
  /** Epoch milliseconds. */
  readonly at: number;
};

/** The house's part of an event. */
export interface Envelope {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
}

/** As events write times: without fractions of a second. */
export const eventTime = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");

/** The whole event. */
export const completeEvent = ({ at, ...draft }: EventDraft, { id, accountId, region }: Envelope): AwsEvent => ({
  version: "0",
  id,
  "detail-type": draft["detail-type"],
  source: draft.source,
  account: accountId,
  time: eventTime(at),
  region,
  resources: draft.resources,
  detail: draft.detail,
});
