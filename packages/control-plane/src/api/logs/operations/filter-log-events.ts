import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { eventIdOf } from "../../../log-filters/event-id.ts";
import type { FilterPattern } from "../../../log-filters/pattern/filter-pattern.ts";
import type { StoredLogEvent } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { positionToken, readPosition } from "../event-position.ts";
import type { FollowWish } from "../follow-polls.ts";
import { requireNamedGroup, requireStream } from "../identifiers.ts";
import type { LogsContext, Operation } from "../operation.ts";
import { requirePattern } from "../require-pattern.ts";

const mostEvents = 10_000;
const mostBytes = 1024 * 1024;
/** Begins the token of one who waits for what is new. */
const waiting = "w/";

type Input = sdk.FilterLogEventsRequest;

/** Events of a group that match, by time over all streams. Source: CloudWatch Logs API reference, FilterLogEvents. */
export const filterLogEvents: Operation<"FilterLogEvents"> = async (input, context) => {
  const { logStore, caller } = context;
  const group = requireNamedGroup(logStore, input, caller);
  const streams = requireStreams(input, group.name, context);
  const pattern = requirePattern(input.filterPattern);
  if (input.nextToken?.startsWith(waiting)) return followed(input.nextToken, group.name, context);
  const follow = isFirstOfPass(input, context)
    ? beginFollowing(input, { group: group.name, pattern }, context)
    : undefined;
  const { events, next } = await logStore.read({
    group: group.name,
    ...(streams === undefined ? {} : { streams }),
    ...(input.startTime === undefined ? {} : { from: input.startTime }),
    ...(input.endTime === undefined ? {} : { to: input.endTime + 1 }), // inclusive here, unlike GetLogEvents
    ...(input.nextToken === undefined ? {} : { beyond: readPosition(input.nextToken).position }),
    ...(pattern.needles.length === 0 ? {} : { needles: pattern.needles }),
    where: ({ message }) => pattern.matches(message),
    limit: Math.min(input.limit ?? mostEvents, mostEvents),
    bytes: mostBytes,
  });
  if (next !== undefined) {
    follow?.follower.close();
    return { ...shown(events), nextToken: positionToken("f", next) };
  }
  if (follow !== undefined && events[0]?.timestamp === input.startTime) {
    follow.follower.leaveOut(events);
    return { ...shown(events), nextToken: follow.token };
  }
  follow?.follower.close();
  return shown(events);
};

function requireStreams(input: Input, group: string, { logStore }: LogsContext): readonly string[] | undefined {
  const { logStreamNames, logStreamNamePrefix: prefix } = input;
  if (logStreamNames?.length && prefix !== undefined) {
    throw new LogsError(
      "InvalidParameterException",
      "logStreamNames and logStreamNamePrefix cannot both be specified.",
    );
  }
  if (prefix !== undefined) {
    return logStore.streams(group).flatMap(({ name }) => (name.startsWith(prefix) ? name : []));
  }
  const named = logStreamNames?.map((name) => requireStream(logStore, group, name).name);
  return named?.length ? named : undefined;
}

const shown = (events: readonly StoredLogEvent[]): sdk.FilterLogEventsResponse => ({
  events: events.map(({ stream, timestamp, message, ingestedAt, sequence }) => ({
    logStreamName: stream,
    timestamp,
    message,
    ingestionTime: ingestedAt,
    eventId: eventIdOf(sequence),
  })),
  searchedLogStreams: [],
});

/**
 * Whether this may be `aws logs tail --follow` asking again: it sleeps five seconds where an answer has no token, and then begins with the
 * time of the newest event it has seen, which nobody else hits upon. Source: aws/aws-cli, version 2, the `logs tail` command.
 */
const isFirstOfPass = ({ nextToken, startTime, endTime }: Input, { userAgent = "" }: LogsContext): boolean =>
  nextToken === undefined &&
  startTime !== undefined &&
  endTime === undefined &&
  /command[/#]logs\.tail\b/.test(userAgent);

function beginFollowing(
  { logStreamNames, logStreamNamePrefix: prefix }: Input,
  { group, pattern }: { readonly group: string; readonly pattern: FilterPattern },
  context: LogsContext,
) {
  const id = context.ids.uuid();
  const names = logStreamNames?.length ? new Set(logStreamNames) : undefined;
  const wish: FollowWish = {
    group,
    isWanted: (stream) =>
      (names === undefined || names.has(stream)) && (prefix === undefined || stream.startsWith(prefix)),
    matches: (message) => pattern.matches(message),
  };
  const follower = context.polls.begin(context, id, wish);
  return follower && { follower, token: `${waiting}${id}` };
}

/** What came since the last answer, as soon as something does; without a token if the caller has to begin anew. */
async function followed(token: string, group: string, { polls }: LogsContext): Promise<sdk.FilterLogEventsResponse> {
  const events = await polls.get(token.slice(waiting.length), group)?.poll();
  return events === undefined ? shown([]) : { ...shown(events), nextToken: token };
}
