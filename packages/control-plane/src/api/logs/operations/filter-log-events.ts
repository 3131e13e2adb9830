import { eventIdOf } from "../../../log-filters/event-id.ts";
import { LogsError } from "../api-error.ts";
import { positionToken, readPosition } from "../event-position.ts";
import { requireNamedGroup, requireStream } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { requirePattern } from "../require-pattern.ts";

const mostEvents = 10_000;
const mostBytes = 1024 * 1024;

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
  const pattern = requirePattern(input.filterPattern);
  const limit = Math.min(input.limit ?? mostEvents, mostEvents);
  const { events, next } = await logStore.read({
    group: group.name,
    ...(streams?.length || prefix !== undefined ? { streams: streams ?? [] } : {}),
    ...(input.startTime === undefined ? {} : { from: input.startTime }),
    ...(input.endTime === undefined ? {} : { to: input.endTime + 1 }), // inclusive here, unlike GetLogEvents
    ...(input.nextToken === undefined ? {} : { beyond: readPosition(input.nextToken).position }),
    ...(pattern.needles.length === 0 ? {} : { needles: pattern.needles }),
    where: ({ message }) => pattern.matches(message),
    limit,
    bytes: mostBytes,
  });
  return {
    events: events.map(({ stream, timestamp, message, ingestedAt, sequence }) => ({
      logStreamName: stream,
      timestamp,
      message,
      ingestionTime: ingestedAt,
      eventId: eventIdOf(sequence),
    })),
    searchedLogStreams: [],
    ...(next === undefined ? {} : { nextToken: positionToken("f", next) }),
  };
};
