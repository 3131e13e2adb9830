import { CloudWatchLogsClient, GetLogEventsCommand, ResourceNotFoundException } from "@aws-sdk/client-cloudwatch-logs";

/** What the house said last about its logs' room on disk. */
export interface BudgetWarning {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: string;
}

/** Where the house says it. */
const [group, stream] = ["/hatoba/house", "log-budget"];
const dayMs = 24 * 60 * 60 * 1000;

/** It repeats itself while the matter stands, so what is older than a day is over. @param now epoch milliseconds */
export async function readBudgetWarning(logs: CloudWatchLogsClient, now: number): Promise<BudgetWarning | undefined> {
  try {
    const { events = [] } = await logs.send(
      new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, startTime: now - dayMs, limit: 1 }),
    );
    const [last] = events;
    return last === undefined ? undefined : readLine(last.timestamp ?? 0, last.message ?? "");
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined; // it never had to say anything
    throw error;
  }
}

/** @param line as the house writes it: a JSON object with a message; anything else is shown as it is */
export function readLine(at: number, line: string): BudgetWarning {
  try {
    const { message } = JSON.parse(line) as { readonly message?: unknown };
    return { at, message: typeof message === "string" ? message : line };
  } catch {
    return { at, message: line };
  }
}
