import type { Snapshot, Stored } from "../../../store/store.ts";
import { EcsError } from "../api-error.ts";

/** A service that is there and has not been deleted. @throws EcsError ServiceNotFoundException, ServiceNotActiveException */
export function requireActiveService(snapshot: Snapshot, arn: string): Stored<"service"> {
  const stored = snapshot.get("service", arn);
  if (stored === undefined) throw new EcsError("ServiceNotFoundException", "Service not found.");
  if (stored.value.status !== "ACTIVE") throw new EcsError("ServiceNotActiveException", "Service was not ACTIVE.");
  return stored;
}
