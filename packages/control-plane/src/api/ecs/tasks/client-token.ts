import { createHash } from "node:crypto";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";

/** Under what a call's tasks are remembered. */
export interface CallToken {
  readonly key: string;
  readonly requestHash: string;
}

const tokenLifeMs = 24 * 60 * 60 * 1000;

/** The token of a RunTask call in a cluster; undefined if it has none. */
export function callToken(
  { clientToken, ...rest }: { readonly clientToken?: string | undefined },
  clusterArn: string,
): CallToken | undefined {
  if (!clientToken) return undefined;
  const requestHash = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
  return { key: `RunTask/${clusterArn}/${clientToken}`, requestHash };
}

/**
 * The tasks that the same call has made before, as they are now; undefined if it is new.
 * @throws EcsError ConflictException with their ARNs if it was another call. Source: ECS API reference, RunTask.
 */
export function tasksOfToken(
  token: CallToken | undefined,
  snapshot: Snapshot,
  now: number,
): readonly Stored<"task">[] | undefined {
  const known = token && snapshot.get("clientToken", token.key)?.value;
  if (known === undefined || known.expiresAt <= now) return undefined;
  if (known.requestHash !== token?.requestHash) {
    throw new EcsError(
      "ConflictException",
      "The clientToken has been used for a RunTask call with other parameters; resourceIds has its tasks.",
      { members: { resourceIds: known.arns } },
    );
  }
  return known.arns.flatMap((arn) => snapshot.get("task", arn) ?? []);
}

/** Remembers for a day what a call made. */
export function tokenWrite(
  { key, requestHash }: CallToken,
  arns: readonly string[],
  snapshot: Snapshot,
  now: number,
): Write {
  const value = { operation: "RunTask", requestHash, arns, expiresAt: now + tokenLifeMs };
  return { kind: "clientToken", arn: key, expected: snapshot.get("clientToken", key)?.revision ?? 0, value };
}
