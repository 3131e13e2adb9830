import { setImmediate as nextTurn } from "node:timers/promises";
import type { LogPosition, StoredLogEvent } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { eventIdOf, positionToken, readPosition } from "../event-position.ts";
import { parseFilterPattern } from "../filter-pattern.ts";
import { requireNamedGroup, requireStream } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

const mostEvents = 10_000;
const mostBytes = 1024 * 1024;
/** What one call looks through; then it answers what it has found, with a token to go on. */
const mostLookedThrough = { events: 50_000, bytes: 16 * 1024 * 1024 } as const;
/** What is looked through at a time; in between others have their turn. The worst pattern takes 0.3 s for a MiB. */
const step = { limit: 1_000, bytes: 1024 * 1024 } as const;

/** Events of a group that match, by time over all streams. Source: CloudWatch Logs API reference, FilterLogEvents. */
export const filterLogEvents: Operation<"FilterLogEvents"> = async (input, { logStore, caller }) => {
  const group = requireNamedGroup(logStore, input, caller);
  const { logStreamNames, logStreamNamePrefix: prefix } = input;
  if (logStreamNames?.length && prefix !== undefined) {
    throw new LogsError(
      "InvalidParameterException",
      "logStreamNames and logStreamNamePrefix cannot both be specified.",
    );
  }
  const streams =
    prefix === undefined
      ? logStreamNames?.map((name) => requireStream(logStore, group.name, name).name)
      : logStore.streams(group.name).flatMap(({ name }) => (name.startsWith(prefix) ? name : []));
  const matches = parseFilterPattern(input.filterPattern ?? "");
  const limit = Math.min(input.limit ?? mostEvents, mostEvents);
  const found: StoredLogEvent[] = [];
  let beyond: LogPosition | undefined =
    input.nextToken === undefined ? undefined : readPosition(input.nextToken).position;
  let bytes = 0;
  const looked = { events: 0, bytes: 0 };
  const isFull = () => found.length >= limit || bytes >= mostBytes;
  let atEnd = false;
  while (!atEnd && !isFull() && looked.events < mostLookedThrough.events && looked.bytes < mostLookedThrough.bytes) {
    const events = logStore.read({
      group: group.name,
      ...(streams?.length || prefix !== undefined ? { streams: streams ?? [] } : {}),
      ...(input.startTime === undefined ? {} : { from: input.startTime }),
      ...(input.endTime === undefined ? {} : { to: input.endTime + 1 }), // inclusive here, unlike GetLogEvents
      ...(beyond === undefined ? {} : { beyond }),
      ...step,
    });
    await nextTurn();
    atEnd = events.length === 0; // fewer than asked for may also be long ones
    for (const event of events) {
      if (isFull()) break;
      const size = Buffer.byteLength(event.message);
      looked.events++;
      looked.bytes += size;
      beyond = event;
      if (!matches(event.message)) continue;
      found.push(event);
      bytes += size;
    }
  }
  return {
    events: found.map(({ stream, timestamp, message, ingestedAt, sequence }) => ({
      logStreamName: stream,
      timestamp,
      message,
      ingestionTime: ingestedAt,
      eventId: eventIdOf(sequence),
    })),
    searchedLogStreams: [],
    ...(atEnd || beyond === undefined ? {} : { nextToken: positionToken("f", beyond) }),
  };
};
