import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  StartLiveTailCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect, test } from "vitest";
import { tailGroup } from "./tail-group.ts";

const wish = { group: "/app", since: 0, lines: 2, follow: true };

/** A house whose only session shows some of the events that come, of which there are so many. */
function house(count: number, stop: () => void): CloudWatchLogsClient {
  const logs = new CloudWatchLogsClient({ region: "us-east-1" });
  const events = Array.from({ length: count }, (_, at) => ({ timestamp: at, logStreamName: "s", message: `${at}` }));
  let there = 3; // before the session begins
  const send = async (command: unknown) => {
    if (command instanceof DescribeLogGroupsCommand) {
      return { logGroups: [{ logGroupName: "/app", logGroupArn: "arn:aws:logs:us-east-1:1:log-group:/app" }] };
    }
    if (command instanceof FilterLogEventsCommand) {
      const { nextToken = "0", startTime = 0 } = command.input;
      const at = Number(nextToken);
      const found = events.slice(0, there).filter(({ timestamp }) => timestamp >= startTime);
      return {
        events: found.slice(at, at + 5_000),
        ...(at + 5_000 < found.length ? { nextToken: `${at + 5_000}` } : {}),
      };
    }
    if (!(command instanceof StartLiveTailCommand)) throw new Error("not expected");
    async function* session() {
      yield { sessionStart: {} };
      there = count;
      yield { sessionUpdate: { sessionMetadata: { sampled: true }, sessionResults: events.slice(5, 6) } };
      stop();
    }
    return { responseStream: session() };
  };
  return Object.assign(logs, { send });
}

test("the newest lines are shown, and then everything that comes, however much of it Live Tail leaves out", async () => {
  const ended = new AbortController();
  const shown: string[] = [];
  const logs = house(12_000, () => ended.abort());
  await tailGroup(logs, wish, { show: ({ message }) => shown.push(message), signal: ended.signal });
  expect(shown.slice(0, 3)).toEqual(["1", "2", "5"]);
  const different = new Set(shown);
  expect(different.size).toBe(shown.length);
  expect(Array.from({ length: 11_999 }, (_, at) => `${at + 1}`).filter((message) => !different.has(message))).toEqual(
    [],
  );
  logs.destroy();
});
