import type { LogPosition } from "../../../log-store/log-store.ts";
import { positionToken, readPosition } from "../event-position.ts";
import { requireNamedGroup, requireStream } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

const mostEvents = 10_000;
/** What one answer carries at the most. Source: CloudWatch Logs API reference, GetLogEvents: 1 MB. */
const mostBytes = 1024 * 1024;

/**
 * A stream's events, oldest first in every answer. Without a token: the newest, or from the head if so asked. At the end, and only
 * there, the same token comes back that was given; a page without events and with another token is not the end. Source: CloudWatch Logs API reference, GetLogEvents.
 */
export const getLogEvents: Operation<"GetLogEvents"> = async (input, { logStore, caller }) => {
  const group = requireNamedGroup(logStore, input, caller);
  const stream = requireStream(logStore, group.name, input.logStreamName);
  const given = input.nextToken === undefined ? undefined : readPosition(input.nextToken);
  const backwards = given === undefined ? !input.startFromHead : given.direction === "b";
  const { events: read, next } = await logStore.read({
    group: group.name,
    streams: [stream.name],
    ...(input.startTime === undefined ? {} : { from: input.startTime }),
    ...(input.endTime === undefined ? {} : { to: input.endTime }),
    ...(given === undefined ? {} : { beyond: given.position }),
    backwards,
    limit: Math.min(input.limit ?? mostEvents, mostEvents),
    bytes: mostBytes,
  });
  const events = backwards ? read.toReversed() : read;
  // Nothing there: the token that was given comes back, and the other one leads to the event that it stands on.
  const here: LogPosition = given?.position ?? { timestamp: input.startTime ?? 0, sequence: -1 };
  const beside = (step: number): LogPosition => ({
    ...here,
    sequence: here.sequence + (given === undefined ? 0 : step),
  });
  return {
    events: events.map(({ timestamp, message, ingestedAt }) => ({ timestamp, message, ingestionTime: ingestedAt })),
    nextForwardToken: positionToken("f", events.at(-1) ?? (backwards ? beside(-1) : (next ?? here))),
    nextBackwardToken: positionToken("b", events[0] ?? (backwards ? (next ?? here) : beside(1))),
  };
};
