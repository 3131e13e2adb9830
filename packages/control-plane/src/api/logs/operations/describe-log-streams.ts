import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Place } from "@hatoba/contract";
import type { LogStream } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { requireNamedGroup, streamArn } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";

/** By name, or by the time of the newest event. Source: CloudWatch Logs API reference, DescribeLogStreams. */
export const describeLogStreams: Operation<"DescribeLogStreams"> = async (input, { logStore, caller }) => {
  const group = requireNamedGroup(logStore, input, caller);
  const { logStreamNamePrefix: prefix, orderBy = "LogStreamName", descending = false, nextToken, limit } = input;
  if (prefix !== undefined && orderBy === "LastEventTime") {
    throw new LogsError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const keyOf = orderBy === "LastEventTime" ? timeAndName : nameOf;
  const streams = logStore
    .streams(group.name)
    .filter(({ name }) => prefix === undefined || name.startsWith(prefix))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const ordered = descending ? streams.toReversed() : streams;
  const found = page(ordered, keyOf, { nextToken, limit, descending });
  return {
    logStreams: found.items.map((stream) => describeStream(stream, caller)),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

const nameOf = ({ name }: LogStream) => name;
/** Sorts as the time does, which has thirteen digits for some centuries. */
const timeAndName = ({ lastEventAt, createdAt, name }: LogStream) =>
  `${String(lastEventAt ?? createdAt).padStart(16, "0")} ${name}`;

const describeStream = (stream: LogStream, place: Place): sdk.LogStream => ({
  logStreamName: stream.name,
  creationTime: stream.createdAt,
  arn: streamArn(place, stream.group, stream.name),
  storedBytes: 0, // of a stream CloudWatch Logs says 0 since 2019; of a group it says the sum
  ...(stream.firstEventAt === undefined ? {} : { firstEventTimestamp: stream.firstEventAt }),
  ...(stream.lastEventAt === undefined ? {} : { lastEventTimestamp: stream.lastEventAt }),
  ...(stream.lastIngestionAt === undefined ? {} : { lastIngestionTime: stream.lastIngestionAt }),
  uploadSequenceToken: "49000000000000000000000000000000000000000000000000000000",
});
