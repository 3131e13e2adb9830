import type * as sdk from "@aws-sdk/client-ssm";
import type { Session } from "../../../model/session.ts";
import { SsmError } from "../api-error.ts";

const tests: Readonly<Record<string, (value: string) => (session: Session) => boolean>> = {
  InvokedAfter: (value) => {
    const time = timeOf(value);
    return ({ startedAt }) => startedAt > time;
  },
  InvokedBefore: (value) => {
    const time = timeOf(value);
    return ({ startedAt }) => startedAt < time;
  },
  Target:
    (value) =>
    ({ targetId }) =>
      targetId === value,
  Owner:
    (value) =>
    ({ owner }) =>
      owner === value,
  Status:
    (value) =>
    ({ status }) =>
      status === value,
  SessionId:
    (value) =>
    ({ sessionId }) =>
      sessionId === value,
  AccessType: (value) => () => value === "Standard",
};

/**
 * The filters of DescribeSessions as one test; all of them must hold. Source: Systems Manager API reference, SessionFilter.
 * @throws SsmError InvalidFilterKey, ValidationException for what is no time
 */
export function sessionFilter(filters: readonly sdk.SessionFilter[] = []): (session: Session) => boolean {
  const all = filters.map(({ key = "", value = "" }) => {
    const test = Object.hasOwn(tests, key) ? tests[key] : undefined;
    if (test === undefined) throw new SsmError("InvalidFilterKey", `The filter key ${key} isn't valid.`);
    return test(value);
  });
  return (session) => all.every((test) => test(session));
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new SsmError("ValidationException", `${text} is no time as 2026-11-24T00:00:00Z.`);
  }
  return time;
}
