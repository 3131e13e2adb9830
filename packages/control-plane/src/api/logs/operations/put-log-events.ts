import type { NewLogEvent } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { deliveryOf } from "../delivery-token.ts";
import { requireGroup, requireStream } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Of a batch and of an event. Source: CloudWatch Logs API reference, PutLogEvents. */
const limits = {
  batchBytes: 1_048_576,
  events: 10_000,
  overheadBytes: 26,
  eventBytes: 1_048_576,
  spanMs: dayMs,
} as const;
const accepted = { pastMs: 14 * dayMs, futureMs: 2 * hourMs } as const;

/**
 * Appends a batch; events that are too old, older than the group keeps them, or too new are left out and counted. Sequence
 * tokens are not looked at any more, but for those of our agents, whose batches count once however often they come.
 */
export const putLogEvents: Operation<"PutLogEvents"> = async (input, { logStore, clock }) => {
  const group = requireGroup(logStore, input.logGroupName);
  const stream = requireStream(logStore, group.name, input.logStreamName);
  const events = (input.logEvents ?? []).map(({ timestamp = 0, message = "" }) => ({ timestamp, message }));
  checkBatch(events);
  const now = clock.now();
  const tooOld = firstFrom(events, now - accepted.pastMs);
  const expired = group.retentionDays === undefined ? 0 : firstFrom(events, now - group.retentionDays * dayMs);
  const tooNew = firstFrom(events, now + accepted.futureMs + 1);
  const taken = events.slice(Math.max(tooOld, expired), tooNew);
  checkSpan(taken);
  const there = await logStore.append(group.name, stream.name, taken, now, deliveryOf(input.sequenceToken));
  if (!there) throw new LogsError("ResourceNotFoundException", "The specified log stream does not exist.");
  const rejected = {
    ...(tooOld === 0 ? {} : { tooOldLogEventEndIndex: tooOld }),
    ...(expired === 0 ? {} : { expiredLogEventEndIndex: expired }),
    ...(tooNew === events.length ? {} : { tooNewLogEventStartIndex: tooNew }),
  };
  return {
    nextSequenceToken: "49000000000000000000000000000000000000000000000000000000",
    ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }),
  };
};

/** Position of the first event at or after a time; their number if there is none. */
function firstFrom(events: readonly NewLogEvent[], time: number): number {
  const found = events.findIndex(({ timestamp }) => timestamp >= time);
  return found === -1 ? events.length : found;
}

const invalid = (message: string) => new LogsError("InvalidParameterException", message);

function checkBatch(events: readonly NewLogEvent[]): void {
  const sizes = events.map(({ message }) => Buffer.byteLength(message));
  if (events.length > limits.events) throw invalid(`The batch has more than ${limits.events} events.`);
  const largest = sizes.find((size) => size > limits.eventBytes);
  if (largest !== undefined)
    throw invalid(`Log event too large: ${largest} bytes exceeds limit of ${limits.eventBytes}`);
  const total = sizes.reduce((sum, size) => sum + size + limits.overheadBytes, 0);
  if (total > limits.batchBytes)
    throw invalid(`Upload too large: ${total} bytes exceeds limit of ${limits.batchBytes}`);
  for (let at = 1; at < events.length; at++) {
    if ((events[at]?.timestamp ?? 0) < (events[at - 1]?.timestamp ?? 0)) {
      throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
    }
  }
}

/** Only the events that are taken count. */
function checkSpan(taken: readonly NewLogEvent[]): void {
  const span = (taken.at(-1)?.timestamp ?? 0) - (taken[0]?.timestamp ?? 0);
  if (span > limits.spanMs) {
    throw invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
}
