import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { LogsContext } from "./operation.ts";

type Input = Pick<
  sdk.FilterLogEventsRequest,
  | "logGroupName"
  | "logGroupIdentifier"
  | "logStreamNames"
  | "logStreamNamePrefix"
  | "filterPattern"
  | "startTime"
  | "endTime"
  | "nextToken"
>;

/** What `aws logs tail` has asked for over one connection. */
interface Pass {
  readonly asked: string;
  /** Time of the newest event that was answered; until there is one, the time from which was asked. */
  newest: number;
  /** Its last answer had no token: who only wants to see what is there has seen it. */
  isOver: boolean;
  /** It has begun anew after that, which only `--follow` does. */
  follows: boolean;
}

/**
 * Tells `aws logs tail --follow` from `aws logs tail`, which ask alike. The one that follows sleeps for five seconds where an answer has
 * no token, and asks again over the same connection, from the time of the newest event it has seen; the other asks no more. What comes
 * over another connection is not recognized, and answered as AWS does. Source: aws/aws-cli, version 2, the `logs tail` command.
 */
export class TailPasses {
  private readonly passes = new WeakMap<object, Pass>();

  /** A call comes. @returns undefined if it is none of `aws logs tail`'s */
  see(input: Input, { userAgent = "", connection }: Pick<LogsContext, "userAgent" | "connection">): Pass | undefined {
    const { startTime, endTime, nextToken } = input;
    if (connection === undefined || startTime === undefined || endTime !== undefined) return undefined;
    if (!/command[/#]logs\.tail\b/.test(userAgent)) return undefined;
    const asked = JSON.stringify([
      input.logGroupName ?? input.logGroupIdentifier,
      input.logStreamNames,
      input.logStreamNamePrefix,
      input.filterPattern,
    ]);
    const before = this.passes.get(connection);
    const isKnown = before?.asked === asked;
    if (nextToken !== undefined) return isKnown ? before : undefined;
    const follows = isKnown && before.isOver && before.newest === startTime;
    const pass = { asked, newest: startTime, isOver: false, follows };
    this.passes.set(connection, pass);
    return pass;
  }
}

/** What was answered. */
export function noteAnswer(pass: Pass | undefined, answer: sdk.FilterLogEventsResponse): void {
  if (pass === undefined) return;
  for (const { timestamp = 0 } of answer.events ?? []) pass.newest = Math.max(pass.newest, timestamp);
  pass.isOver = answer.nextToken === undefined;
}
