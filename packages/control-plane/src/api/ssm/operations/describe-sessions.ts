import type * as sdk from "@aws-sdk/client-ssm";
import { isOver, type Session } from "../../../model/session.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";
import { sessionFilter } from "../sessions/session-filter.ts";

const largestPage = 200;
const longestReason = 256;

/**
 * Sessions that go on, or those that are over and still on record, the newest first.
 * Source: Systems Manager API reference, DescribeSessions.
 */
export const describeSessions: Operation<"DescribeSessions"> = async (input, { store }) => {
  const isMeant = sessionFilter(input.Filters);
  const { MaxResults: size = largestPage, NextToken: nextToken } = input;
  const found = store
    .snapshot()
    .list("session")
    .map(({ value }) => value)
    .filter((session) => isOver(session) === (input.State === "History") && isMeant(session));
  const { items, nextToken: more } = page(found, newestFirst, { nextToken, size });
  return { Sessions: items.map(describeSession), ...(more === undefined ? {} : { NextToken: more }) };
};

/** A text whose order is that of the times, turned round; 8.64e15 is the last time there is. */
const newestFirst = ({ startedAt, sessionId }: Session): string =>
  `${String(8.64e15 - startedAt).padStart(16, "0")} ${sessionId}`;

function describeSession(session: Session): sdk.Session {
  const { sessionId, targetId, status, startedAt, endedAt, documentName, owner, reason, endReason } = session;
  const shownReason = reason ?? session.command;
  const details = endReason ?? (session.exitCode === undefined ? undefined : `exit code ${session.exitCode}`);
  return {
    SessionId: sessionId,
    Target: targetId,
    Status: status,
    StartDate: new Date(startedAt),
    ...(endedAt === undefined ? {} : { EndDate: new Date(endedAt) }),
    ...(documentName === undefined ? {} : { DocumentName: documentName }),
    Owner: owner,
    // The API has no member for the command, nor for how it ended.
    ...(shownReason === undefined ? {} : { Reason: shownReason.slice(0, longestReason) }),
    ...(details === undefined ? {} : { Details: details }),
    AccessType: "Standard",
  };
}
