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
import { noteAnswer } from "../tail-passes.ts";

const mostEvents = 10_000;
const mostBytes = 1024 * 1024;
/** Begins the token of one who waits for what is new. */
const waiting = "w/";

type Input = sdk.FilterLogEventsRequest;

/**
 * Events of a group that match, by time over all streams, oldest first unless asked otherwise.
 * Source: CloudWatch Logs API reference, FilterLogEvents.
 */
export const filterLogEvents: Operation<"FilterLogEvents"> = async (input, context) => {
  const pass = context.tailPasses.see(input, context);
  const answer = await answerOf(input, context, pass?.follows === true);
  noteAnswer(pass, answer);
  return answer;
};

async function answerOf(input: Input, context: LogsContext, follows: boolean): Promise<sdk.FilterLogEventsResponse> {
  const { logStore, caller } = context;
  const group = requireNamedGroup(logStore, input, caller);
  const streams = requireStreams(input, group.name, context);
  const pattern = requirePattern(input.filterPattern);
  if (input.nextToken?.startsWith(waiting)) return followed(input.nextToken, group.name, context);
  const given = input.nextToken === undefined ? undefined : readPosition(input.nextToken);
  const backwards = given === undefined ? input.startFromHead === false : given.direction === "b";
  const follow = follows && !backwards ? beginFollowing(input, { group: group.name, pattern }, context) : undefined;
  const { events, next } = await logStore.read({
    group: group.name,
    ...(streams === undefined ? {} : { streams }),
    ...(input.startTime === undefined ? {} : { from: input.startTime }),
    ...(input.endTime === undefined ? {} : { to: input.endTime + 1 }), // inclusive here, unlike GetLogEvents
    ...(given === undefined ? {} : { beyond: given.position }),
    ...(pattern.needles.length === 0 ? {} : { needles: pattern.needles }),
    where: ({ message }) => pattern.matches(message),
    backwards,
    limit: Math.min(input.limit ?? mostEvents, mostEvents),
    bytes: mostBytes,
  });
  if (next !== undefined) {
    follow?.follower.close();
    return { ...shown(events), nextToken: positionToken(backwards ? "b" : "f", next) };
  }
  follow?.follower.leaveOut(events);
  return { ...shown(events), ...(follow === undefined ? {} : { nextToken: tokenOf(follow.id, 0) }) };
}

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
  return follower && { follower, id };
}

/** @param number of the answer that it comes with */
const tokenOf = (id: string, number: number): string => `${waiting}${id}/${number}`;

/** What came since the last answer, as soon as something does; without a token if the caller has to begin anew. */
async function followed(token: string, group: string, { polls }: LogsContext): Promise<sdk.FilterLogEventsResponse> {
  const [, id = "", number = ""] = token.split("/");
  const found = await polls.get(id, group)?.poll(Number(number));
  return found === undefined ? shown([]) : { ...shown(found.events), nextToken: tokenOf(id, found.number) };
}
