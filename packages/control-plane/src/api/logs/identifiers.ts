import { type Place, parseArn } from "@hatoba/contract";
import type { LogGroup, LogStore, LogStream } from "../../log-store/log-store.ts";
import { LogsError } from "./api-error.ts";

export const groupArn = ({ region, accountId }: Place, name: string): string =>
  `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
export const streamArn = (place: Place, group: string, name: string): string =>
  `${groupArn(place, group)}:log-stream:${name}`;

const invalid = (message: string) => new LogsError("InvalidParameterException", message);

/**
 * The name in a group's ARN, with or without `:*` behind it, or the name as it is.
 * @throws LogsError ResourceNotFoundException for what is in another account or region
 */
export function groupNameOf(identifier: string, { region, accountId }: Place): string {
  const parts = parseArn(identifier);
  if (parts === undefined) return identifier;
  const [, name] = /^log-group:([^:]+)(:\*)?$/.exec(parts.resource) ?? [];
  if (parts.service !== "logs" || name === undefined) throw invalid(`Invalid log group ARN: ${identifier}`);
  if (parts.region !== region || parts.accountId !== accountId) throw notFound();
  return name;
}

const notFound = () => new LogsError("ResourceNotFoundException", "The specified log group does not exist.");

/** The group of that name. @throws LogsError ResourceNotFoundException */
export function requireGroup(logStore: LogStore, name: string | undefined): LogGroup {
  const group = logStore.group(name ?? "");
  if (group === undefined) throw notFound();
  return group;
}

/** What reading calls name a group by: its name, or name or ARN as identifier, and never both. */
export interface NamesGroup {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

/** The group that a call names. @throws LogsError InvalidParameterException, ResourceNotFoundException */
export function requireNamedGroup(
  logStore: LogStore,
  { logGroupName, logGroupIdentifier }: NamesGroup,
  place: Place,
): LogGroup {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalid("Exactly one of logGroupName and logGroupIdentifier must be specified.");
  }
  return requireGroup(logStore, logGroupName ?? groupNameOf(logGroupIdentifier ?? "", place));
}

/** @throws LogsError ResourceNotFoundException */
export function requireStream(logStore: LogStore, group: string, name: string | undefined): LogStream {
  const stream = name === undefined ? undefined : logStore.stream(group, name);
  if (stream === undefined)
    throw new LogsError("ResourceNotFoundException", "The specified log stream does not exist.");
  return stream;
}
