import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Place } from "@hatoba/contract";
import type { LogStream } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { requireGroup, streamArn } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";

/** By name, or by the time of the newest event. Source: CloudWatch Logs API reference, DescribeLogStreams. */
export const describeLogStreams: Operation<"DescribeLogStreams"> = async (input, { logStore, caller }) => {
  const group = requireGroup(logStore, input);
  const { logStreamNamePrefix: prefix, orderBy = "LogStreamName", descending = false, nextToken, limit } = input;
  if (prefix !== undefined && orderBy === "LastEventTime") {
    throw new LogsError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const streams = logStore
    .streams(group.name)
    .filter(({ name }) => prefix === undefined || name.startsWith(prefix))
    .toSorted(orderBy === "LastEventTime" ? byLastEvent : () => 0);
  const ordered = descending ? streams.toReversed() : streams;
  const found = page(ordered, ({ name }) => name, { nextToken, limit });
  return {
    logStreams: found.items.map((stream) => describeStream(stream, caller)),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

const byLastEvent = (a: LogStream, b: LogStream) => (a.lastEventAt ?? a.createdAt) - (b.lastEventAt ?? b.createdAt);

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
