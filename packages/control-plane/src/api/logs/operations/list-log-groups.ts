import { LogsError } from "../api-error.ts";
import { groupArn } from "../identifiers.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";

/**
 * By a pattern of their names: parts that may begin with `^`, joined by `|`. Source: CloudWatch Logs API reference, ListLogGroups.
 */
export const listLogGroups: Operation<"ListLogGroups"> = async (input, { logStore, caller }) => {
  const { logGroupNamePattern, logGroupClass = "STANDARD", logGroupTags = [], nextToken, limit } = input;
  if (input.dataSources !== undefined || input.fieldIndexNames !== undefined) {
    throw new LogsError("InvalidParameterException", "Hatoba has no data sources and no field indexes of log groups.");
  }
  const parts = logGroupNamePattern?.split("|");
  const fits = (name: string) =>
    parts === undefined ||
    parts.some((part) => (part.startsWith("^") ? name.startsWith(part.slice(1)) : name.includes(part)));
  const groups = logStore
    .groups()
    .filter(({ name }) => logGroupClass === "STANDARD" && fits(name))
    .filter(({ tags }) =>
      logGroupTags.every(({ key = "", values = [] }) =>
        values.length === 0 ? key in tags : values.includes(tags[key] ?? ""),
      ),
    );
  const found = page(groups, ({ name }) => name, { nextToken, limit, most: 1_000 });
  return {
    logGroups: found.items.map(({ name }) => ({
      logGroupName: name,
      logGroupArn: groupArn(caller, name),
      logGroupClass: "STANDARD" as const,
    })),
    ...(found.nextToken === undefined ? {} : { nextToken: found.nextToken }),
  };
};
