import { setTimeout as wait } from "node:timers/promises";
import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  paginateFilterLogEvents,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { UserError } from "../terminal/user-error.ts";
import { type ShownEvent, ShownOnce } from "./shown-once.ts";

/** What is shown of a log group. */
export interface TailWish {
  readonly group: string;
  /** A filter pattern; everything without. */
  readonly pattern?: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** So many of those that are there, the newest. */
  readonly lines: number;
  readonly follow: boolean;
}

const againAfterMs = 1_000;
const overlapMs = 5_000;

/**
 * Shows the newest events of a group, and goes on as more come, through Live Tail, until `signal` aborts; a connection that ends is made
 * anew, and what came meanwhile is shown. @throws UserError
 */
export async function tailGroup(
  logs: CloudWatchLogsClient,
  wish: TailWish,
  { show, signal }: { readonly show: (event: ShownEvent) => void; readonly signal: AbortSignal },
): Promise<void> {
  const arn = await requireGroup(logs, wish.group);
  const shown = new ShownOnce();
  let { since, lines } = wish;
  const showOnce = (event: ShownEvent) => {
    if (!shown.isNew(event)) return;
    since = Math.max(since, event.timestamp);
    show(event);
  };
  // Events come in the order of their arrival, which is nearly that of their times.
  const from = () => (lines === Number.POSITIVE_INFINITY ? Math.max(wish.since, since - overlapMs) : since);
  const catchUp = async () => {
    shown.retell();
    if (lines === Number.POSITIVE_INFINITY) {
      // What came meanwhile is all shown, however much it is.
      for await (const page of pages(logs, wish, from())) for (const event of page) showOnce(event);
    } else for (const event of (await newest(logs, wish, from())).slice(-lines)) showOnce(event);
    lines = Number.POSITIVE_INFINITY;
    shown.retell();
  };
  if (!wish.follow) return catchUp();
  while (!signal.aborted) {
    try {
      await follow(logs, { arn, wish, signal, catchUp, showOnce });
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      await wait(againAfterMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One session: what is there first, once the session shows what comes. */
async function follow(
  logs: CloudWatchLogsClient,
  how: {
    readonly arn: string;
    readonly wish: TailWish;
    readonly signal: AbortSignal;
    readonly catchUp: () => Promise<void>;
    readonly showOnce: (event: ShownEvent) => void;
  },
): Promise<void> {
  const { arn, wish, signal, catchUp, showOnce } = how;
  const { responseStream } = await logs.send(
    new StartLiveTailCommand({
      logGroupIdentifiers: [arn],
      ...(wish.pattern === undefined ? {} : { logEventFilterPattern: wish.pattern }),
    }),
    { abortSignal: signal },
  );
  for await (const { sessionStart, sessionUpdate } of responseStream ?? []) {
    if (signal.aborted) return;
    if (sessionStart !== undefined) await catchUp();
    for (const { timestamp = 0, logStreamName: stream = "", message = "" } of sessionUpdate?.sessionResults ?? []) {
      showOnce({ timestamp, stream, message });
    }
    if (sessionUpdate?.sessionMetadata?.sampled === true) await catchUp(); // there were more than it shows
  }
}

async function requireGroup(logs: CloudWatchLogsClient, name: string): Promise<string> {
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
  const arn = logGroups.find(({ logGroupName }) => logGroupName === name)?.logGroupArn;
  if (arn !== undefined) return arn;
  throw new UserError(`There is no log group ${name}. aws logs describe-log-groups shows which there are.`);
}

async function* pages(
  logs: CloudWatchLogsClient,
  { group, pattern }: TailWish,
  since: number,
): AsyncGenerator<readonly ShownEvent[]> {
  const input = { logGroupName: group, startTime: since, ...(pattern === undefined ? {} : { filterPattern: pattern }) };
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, input)) {
    yield events.map(({ timestamp = 0, logStreamName: stream = "", message = "" }) => ({ timestamp, stream, message }));
  }
}

async function newest(logs: CloudWatchLogsClient, wish: TailWish, since: number): Promise<readonly ShownEvent[]> {
  const found: ShownEvent[] = [];
  for await (const page of pages(logs, wish, since)) {
    found.push(...page);
    if (found.length > mostRead) found.splice(0, found.length - mostRead);
  }
  return found;
}
/** Events that are there already are shown of so many at the most. */
const mostRead = 10_000;

/** Whether another attempt may go well: the house is not there, or the session was over. */
function isPassing(error: unknown): boolean {
  const { $metadata, $fault, name } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $fault?: string;
    readonly name?: string;
  };
  return name === "SessionTimeoutException" || $fault !== "client" || ($metadata?.httpStatusCode ?? 500) >= 500;
}
