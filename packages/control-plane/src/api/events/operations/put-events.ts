import type { PutEventsRequestEntry, PutEventsResultEntry } from "@aws-sdk/client-eventbridge";
import { completeEvent } from "../../../events/aws-event.ts";
import { matchesPattern } from "../../../events/pattern/match-pattern.ts";
import { EventsError } from "../api-error.ts";
import type { EventsContext, Operation } from "../operation.ts";
import { requireDefaultBus } from "../require-rule.ts";
import { requirePattern } from "./put-rule.ts";

/** Of all entries of a call together. Source: EventBridge API reference, PutEvents. */
const mostBytes = 1_048_576;

/** Takes events in, each on its own; an entry's id is its event's. What is answered is on disk. Source: EventBridge API reference, PutEvents. */
export const putEvents: Operation<"PutEvents"> = async ({ Entries = [], EndpointId }, context) => {
  if (EndpointId !== undefined) throw new EventsError("ValidationException", "Hatoba has no global endpoints.");
  if (JSON.stringify(Entries).length > mostBytes) {
    throw new EventsError("ValidationException", "Total size of the entries in the request is over the limit.");
  }
  for (const { EventBusName } of Entries) requireDefaultBus(EventBusName, context);
  const results = await Promise.all(Entries.map((entry) => putEntry(entry, context)));
  return { FailedEntryCount: results.filter(({ EventId }) => EventId === undefined).length, Entries: results };
};

async function putEntry(entry: PutEventsRequestEntry, context: EventsContext): Promise<PutEventsResultEntry> {
  const { Source, DetailType, Detail, Resources = [], Time } = entry;
  if (!Source) return missing("Source");
  if (!DetailType) return missing("DetailType");
  if (!Detail) return missing("Detail");
  if (Source.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  const detail = parseDetail(Detail);
  if (detail === undefined) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const id = context.ids.uuid();
  const draft = {
    "detail-type": DetailType,
    source: Source,
    resources: Resources,
    detail,
    at: Time?.getTime() ?? context.clock.now(),
  };
  await context.bus.put(completeEvent(draft, { id, ...context.caller }));
  return { EventId: id };
}

const missing = (member: string): PutEventsResultEntry => ({
  ErrorCode: "InvalidArgument",
  ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
});

function parseDetail(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === "object" && detail !== null && !Array.isArray(detail)
      ? (detail as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Members that an event to be tested has to have. Source: EventBridge API reference, TestEventPattern. */
const required = ["id", "account", "source", "time", "region", "resources", "detail-type"];

/** Source: EventBridge API reference, TestEventPattern. */
export const testEventPattern: Operation<"TestEventPattern"> = async ({ EventPattern = "", Event = "" }) => {
  const pattern = requirePattern(EventPattern);
  const event = parseDetail(Event);
  if (event === undefined) throw new EventsError("ValidationException", "Parameter Event is not valid JSON.");
  const absent = required.find((member) => !Object.hasOwn(event, member));
  if (absent !== undefined) {
    throw new EventsError("ValidationException", `Parameter Event is not valid. Reason: ${absent} is missing.`);
  }
  return { Result: matchesPattern(pattern, event) };
};
