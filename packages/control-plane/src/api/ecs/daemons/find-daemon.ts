import type { Place } from "@hatoba/contract";
import { parseArn } from "@hatoba/contract";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";
import { requireParameter } from "../require.ts";

/** A daemon by its ARN. @throws EcsError InvalidParameterException, DaemonNotFoundException */
export function requireDaemon(snapshot: Snapshot, named: string | undefined, place: Place): Stored<"daemon"> {
  const arn = requireParameter(named, "daemonArn");
  const parts = parseArn(arn);
  if (parts?.service !== "ecs" || parts.accountId !== place.accountId || !parts.resource.startsWith("daemon/")) {
    throw new EcsError("InvalidParameterException", "The daemon ARN is invalid.");
  }
  const stored = snapshot.get("daemon", arn);
  if (stored === undefined) throw new EcsError("DaemonNotFoundException", "The specified daemon was not found.");
  return stored;
}
