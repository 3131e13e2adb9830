import type { NewLogEvent } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { requireGroup, requireStream } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Of a batch and of an event. Source: CloudWatch Logs API reference, PutLogEvents. */
const limits = {
  batchBytes: 1_048_576,
  events: 10_000,
  overheadBytes: 26,
  eventBytes: 262_144,
  spanMs: dayMs,
} as const;
const accepted = { pastMs: 14 * dayMs, futureMs: 2 * hourMs } as const;

/** Appends a batch; events that are too old or too new are left out and counted. Sequence tokens are not looked at any more. */
export const putLogEvents: Operation<"PutLogEvents"> = async (input, { logStore, clock }) => {
  const group = requireGroup(logStore, { logGroupName: input.logGroupName });
  const stream = requireStream(logStore, group.name, input.logStreamName);
  const events = (input.logEvents ?? []).map(({ timestamp = 0, message = "" }) => ({ timestamp, message }));
  checkBatch(events);
  const now = clock.now();
  const oldest =
    now -
    (group.retentionDays === undefined ? accepted.pastMs : Math.min(accepted.pastMs, group.retentionDays * dayMs));
  const start = events.findIndex(({ timestamp }) => timestamp >= oldest);
  const tooNew = events.findIndex(({ timestamp }) => timestamp > now + accepted.futureMs);
  const taken = events.slice(start === -1 ? events.length : start, tooNew === -1 ? events.length : tooNew);
  await logStore.append(group.name, stream.name, taken, now);
  const rejected = {
    ...(start === 0 ? {} : { tooOldLogEventEndIndex: start === -1 ? events.length : start }),
    ...(tooNew === -1 ? {} : { tooNewLogEventStartIndex: tooNew }),
  };
  return {
    nextSequenceToken: "49000000000000000000000000000000000000000000000000000000",
    ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }),
  };
};

function checkBatch(events: readonly NewLogEvent[]): void {
  const invalid = (message: string) => new LogsError("InvalidParameterException", message);
  const sizes = events.map(({ message }) => Buffer.byteLength(message));
  if (events.length > limits.events) throw invalid(`The batch has more than ${limits.events} events.`);
  const largest = sizes.findIndex((size) => size > limits.eventBytes);
  if (largest !== -1)
    throw invalid(`Log event too large: ${sizes[largest]} bytes exceeds limit of ${limits.eventBytes}`);
  const total = sizes.reduce((sum, size) => sum + size + limits.overheadBytes, 0);
  if (total > limits.batchBytes)
    throw invalid(`Upload too large: ${total} bytes exceeds limit of ${limits.batchBytes}`);
  for (let at = 1; at < events.length; at++) {
    if ((events[at]?.timestamp ?? 0) < (events[at - 1]?.timestamp ?? 0)) {
      throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
    }
  }
  const span = (events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0);
  if (span > limits.spanMs)
    throw invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
}
