import { setImmediate as nextTurn } from "node:timers/promises";
import type { LogPosition, StoredLogEvent } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { eventIdOf, positionToken, readPosition } from "../event-position.ts";
import { parseFilterPattern } from "../filter-pattern.ts";
import { requireGroup, requireStream } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

const mostEvents = 10_000;
const mostBytes = 1024 * 1024;
/** Events that one call looks through; then it answers what it has found, with a token to go on. */
const mostLookedThrough = 50_000;
const stepSize = 1_000;

/** Events of a group that match, by time over all streams. Source: CloudWatch Logs API reference, FilterLogEvents. */
export const filterLogEvents: Operation<"FilterLogEvents"> = async (input, { logStore }) => {
  const group = requireGroup(logStore, input);
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
  let atEnd = false;
  for (let seen = 0; !atEnd && seen < mostLookedThrough && found.length < limit && bytes < mostBytes; ) {
    const step = logStore.read({
      group: group.name,
      ...(streams?.length || prefix !== undefined ? { streams: streams ?? [] } : {}),
      ...(input.startTime === undefined ? {} : { from: input.startTime }),
      ...(input.endTime === undefined ? {} : { to: input.endTime + 1 }), // inclusive here, unlike GetLogEvents
      ...(beyond === undefined ? {} : { beyond }),
      limit: stepSize,
    });
    await nextTurn(); // others have their turn between two steps
    atEnd = step.length < stepSize;
    for (const event of step) {
      if (found.length >= limit || bytes >= mostBytes) {
        atEnd = false;
        break;
      }
      seen++;
      beyond = event;
      if (!matches(event.message)) continue;
      found.push(event);
      bytes += Buffer.byteLength(event.message);
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
