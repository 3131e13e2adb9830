import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Place } from "@hatoba/contract";
import type { LogGroup, LogStore } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { groupArn, groupNameOf } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";

/** By name prefix, or by a part of the name, or just those that are named. Source: API reference, DescribeLogGroups. */
export const describeLogGroups: Operation<"DescribeLogGroups"> = async (input, { store, logStore, caller }) => {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers, nextToken, limit } = input;
  if (prefix !== undefined && pattern !== undefined) {
    throw new LogsError(
      "InvalidParameterException",
      "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    );
  }
  if (logGroupIdentifiers !== undefined && (prefix !== undefined || pattern !== undefined)) {
    throw new LogsError("InvalidParameterException", "logGroupIdentifiers stands without a name prefix or pattern.");
  }
  const named =
    logGroupIdentifiers && new Set(logGroupIdentifiers.map((identifier) => groupNameOf(identifier, caller)));
  const groups = logStore
    .groups()
    .filter(() => (input.logGroupClass ?? "STANDARD") === "STANDARD")
    .filter(({ name }) => prefix === undefined || name.startsWith(prefix))
    .filter(({ name }) => pattern === undefined || name.includes(pattern))
    .filter(({ name }) => named === undefined || named.has(name));
  const snapshot = store.snapshot();
  const found = page(groups, ({ name }) => name, { nextToken, limit });
  return {
    logGroups: found.items.map((group) => ({
      ...describeGroup(group, logStore, caller),
      metricFilterCount: snapshot.count("metricFilter", { logGroupName: group.name }),
    })),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};

function describeGroup(
  { name, createdAt, retentionDays, deletionProtected }: LogGroup,
  logStore: LogStore,
  place: Place,
): sdk.LogGroup {
  const arn = groupArn(place, name);
  return {
    logGroupName: name,
    creationTime: createdAt,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: "STANDARD",
    deletionProtectionEnabled: deletionProtected === true,
    storedBytes: logStore.streams(name).reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    ...(retentionDays === undefined ? {} : { retentionInDays: retentionDays }),
  };
}
