import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Place } from "@hatoba/contract";
import type { LogStream } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { requireNamedGroup, streamArn } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { type Ordering, page, pageOfUnordered } from "../page.ts";

/** By name, or by the time of the newest event. Source: CloudWatch Logs API reference, DescribeLogStreams. */
export const describeLogStreams: Operation<"DescribeLogStreams"> = async (input, { logStore, caller }) => {
  const group = requireNamedGroup(logStore, input, caller);
  const { logStreamNamePrefix: prefix, orderBy = "LogStreamName", descending = false, nextToken, limit } = input;
  if (prefix !== undefined && orderBy === "LastEventTime") {
    throw new LogsError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const streams = logStore.streams(group.name).filter(({ name }) => prefix === undefined || name.startsWith(prefix));
  const found =
    orderBy === "LastEventTime"
      ? pageOfUnordered(streams, descending ? { ...byTime, compare: (a, b) => byTime.compare(b, a) } : byTime, {
          nextToken,
          limit,
        })
      : page(descending ? streams.toReversed() : streams, ({ name }) => name, { nextToken, limit, descending });
  return {
    logStreams: found.items.map((stream) => describeStream(stream, caller)),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

type Dated = Pick<LogStream, "name" | "createdAt" | "lastEventAt">;
const timeOf = ({ lastEventAt, createdAt }: Dated) => lastEventAt ?? createdAt;
/** By the time of the newest event; of those without one by that of their creation. A group can have a hundred thousand streams. */
const byTime: Ordering<LogStream> = {
  keyOf: (stream) => `${timeOf(stream)} ${stream.name}`,
  read(key) {
    const [, time, name] = /^(\d{1,16}) (.+)$/s.exec(key) ?? [];
    return name === undefined ? undefined : { group: "", name, createdAt: Number(time), storedBytes: 0 };
  },
  compare: (a, b) => timeOf(a) - timeOf(b) || (a.name < b.name ? -1 : Number(a.name > b.name)),
};

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
