import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { StreamFailure } from "../../wire/event-stream.ts";
import { LogsError } from "../api-error.ts";
import { groupNameOf, requireGroup } from "../identifiers.ts";
import { LiveTail, type LiveTailWish, type TailedEvent, tailLimits } from "../live-tail.ts";
import type { LogsContext, Operation } from "../operation.ts";
import { requirePattern } from "../require-pattern.ts";

type Events = AsyncIterable<sdk.StartLiveTailResponseStream>;

/** Sessions at the same time. Source: CloudWatch Logs user guide, "CloudWatch Logs quotas": 15; here each is a connection. */
const mostSessions = 200;
const open = { sessions: 0 };
const tooMany = "Too many Live Tail sessions are open.";

const invalid = (message: string) => new LogsError("InvalidParameterException", message);

/**
 * Shows events of up to ten groups as they are appended, for three hours at the most.
 * Source: CloudWatch Logs API reference, StartLiveTail.
 */
export const startLiveTail: Operation<"StartLiveTail"> = async (input, context) => {
  const wish = wishOf(input, context);
  if (open.sessions >= mostSessions) throw new LogsError("LimitExceededException", tooMany);
  return { responseStream: eventsOf(input, context, wish) };
};

function wishOf(input: sdk.StartLiveTailRequest, { logStore, caller }: LogsContext): LiveTailWish {
  const { logGroupIdentifiers = [], logStreamNames: names, logStreamNamePrefixes: prefixes } = input;
  if (logGroupIdentifiers.some((identifier) => !identifier.startsWith("arn:") || identifier.endsWith("*"))) {
    throw invalid("logGroupIdentifiers are ARNs of log groups, without an asterisk.");
  }
  if ((names?.length || prefixes?.length) && logGroupIdentifiers.length > 1) {
    throw invalid("logStreamNames and logStreamNamePrefixes can be specified for one log group only.");
  }
  if (names?.length && prefixes?.length) {
    throw invalid("logStreamNames and logStreamNamePrefixes cannot both be specified.");
  }
  const pattern = requirePattern(input.logEventFilterPattern);
  const groups = logGroupIdentifiers.map((identifier) => requireGroup(logStore, groupNameOf(identifier, caller)).name);
  const wanted = names?.length ? new Set(names) : undefined;
  return {
    groups: new Set(groups),
    matches: (message) => pattern.matches(message),
    ...(wanted === undefined ? {} : { isWanted: (stream: string) => wanted.has(stream) }),
    ...(prefixes?.length ? { isWanted: (stream: string) => prefixes.some((prefix) => stream.startsWith(prefix)) } : {}),
  };
}

function eventsOf(input: sdk.StartLiveTailRequest, context: LogsContext, wish: LiveTailWish): Events {
  const { clock, ids, requestId, caller } = context;
  // Nothing is held before the first event is asked for: a reader that is gone by then asks for none.
  async function* run() {
    if (open.sessions >= mostSessions) throw new StreamFailure("SessionStreamingException", tooMany);
    const tail = new LiveTail(context, wish);
    open.sessions++;
    const endsAt = clock.now() + tailLimits.sessionMs;
    try {
      yield { sessionStart: startOf(input, { requestId, sessionId: ids.uuid() }) };
      while (clock.now() < endsAt) {
        const { events, sampled } = await tail.next();
        yield { sessionUpdate: { sessionMetadata: { sampled }, sessionResults: events.map(shown) } };
      }
    } finally {
      tail.close();
      open.sessions--;
    }
    throw new StreamFailure("SessionTimeoutException", "The Live Tail session has ended after three hours.");
  }
  const shown = (event: TailedEvent): sdk.LiveTailSessionLogEvent => ({
    logStreamName: event.stream,
    logGroupIdentifier: `${caller.accountId}:${event.group}`,
    message: event.message,
    timestamp: event.timestamp,
    ingestionTime: event.ingestedAt,
  });
  return run() as unknown as Events;
}

const startOf = (
  input: sdk.StartLiveTailRequest,
  named: { readonly requestId: string; readonly sessionId: string },
): sdk.LiveTailSessionStart => ({
  ...named,
  logGroupIdentifiers: input.logGroupIdentifiers ?? [],
  logStreamNames: input.logStreamNames ?? [],
  logStreamNamePrefixes: input.logStreamNamePrefixes ?? [],
  logEventFilterPattern: input.logEventFilterPattern ?? "",
});
