import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { StoredLogEvent } from "../log-store/log-store.ts";
import { eventIdOf } from "./event-id.ts";

/** What a destination is told of. Source: CloudWatch Logs user guide, "Using subscription filters". */
export interface SubscriptionMessage {
  readonly messageType: "DATA_MESSAGE";
  /** The account. */
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
  readonly logEvents: readonly { readonly id: string; readonly timestamp: number; readonly message: string }[];
}

export const subscriptionMessage = (
  events: readonly StoredLogEvent[],
  about: Omit<SubscriptionMessage, "messageType" | "logEvents">,
): SubscriptionMessage => ({
  messageType: "DATA_MESSAGE",
  ...about,
  logEvents: events.map(({ sequence, timestamp, message }) => ({ id: eventIdOf(sequence), timestamp, message })),
});

const compress = promisify(gzip);

/** The body of a call, as a Lambda function gets it: the message as JSON, gzip'd, in base64. */
export async function subscriptionBody(message: SubscriptionMessage): Promise<string> {
  const data = await compress(JSON.stringify(message));
  return JSON.stringify({ awslogs: { data: data.toString("base64") } });
}
