import { EventRow, readPointer } from "../../../log-queries/row.ts";
import { textOf } from "../../../log-queries/values/value.ts";
import { LogsError } from "../api-error.ts";
import { requireNamedGroup } from "../identifiers.ts";
import type { Operation } from "../operation.ts";

const systemFields = ["@timestamp", "@ingestionTime", "@message", "@logStream", "@log", "@ptr"] as const;
/** Around a time, or before now. Source: CloudWatch Logs API reference, GetLogGroupFields. */
const sampleMs = { around: 8 * 60_000, before: 15 * 60_000 } as const;
const sample = { events: 1_000, fields: 1_000 } as const;

/** All fields of the event behind a `@ptr`. Source: CloudWatch Logs API reference, GetLogRecord. */
export const getLogRecord: Operation<"GetLogRecord"> = async ({ logRecordPointer = "" }, { logStore, caller }) => {
  const pointer = readPointer(logRecordPointer);
  if (pointer === undefined) throw new LogsError("InvalidParameterException", "The log record pointer is invalid.");
  const { group, timestamp, sequence } = pointer;
  const { events } = await logStore.read({
    group,
    from: timestamp,
    to: timestamp + 1,
    where: (event) => event.sequence === sequence,
    limit: 1,
  });
  const [event] = events;
  if (event === undefined) throw new LogsError("ResourceNotFoundException", "The log record does not exist.");
  const row = new EventRow({ group, event }, caller.accountId);
  const shown = [...systemFields, ...row.names()].map((name) => [name, row.get(name)] as const);
  return {
    logRecord: Object.fromEntries(
      shown.map(([name, value]) => [
        name,
        name === "@timestamp" || name === "@ingestionTime" ? millisecondsIn(value) : textOf(value),
      ]),
    ),
  };
};
const millisecondsIn = (value: unknown) => String((value as { readonly milliseconds: number }).milliseconds);

/** The fields of some events of a group, and how many of those have each. Source: API reference, GetLogGroupFields. */
export const getLogGroupFields: Operation<"GetLogGroupFields"> = async (input, { logStore, caller, clock }) => {
  const group = requireNamedGroup(logStore, input, caller);
  const time = input.time === undefined ? undefined : input.time * 1000;
  const { events } = await logStore.read({
    group: group.name,
    from: time === undefined ? clock.now() - sampleMs.before : time - sampleMs.around,
    to: time === undefined ? clock.now() + 1 : time + sampleMs.around,
    backwards: true,
    limit: sample.events,
    bytes: 1024 * 1024,
  });
  const counts = new Map<string, number>();
  for (const event of events) {
    const names = new Set([...systemFields, ...new EventRow({ group: group.name, event }, caller.accountId).names()]);
    for (const name of names) {
      if (counts.has(name) || counts.size < sample.fields) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const logGroupFields = [...counts]
    .filter(([name]) => name !== "@ptr")
    .map(([name, count]) => ({ name, percent: Math.round((count / events.length) * 100) }))
    .toSorted((a, b) => b.percent - a.percent);
  return { logGroupFields };
};
