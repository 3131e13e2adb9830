import type { Operation } from "../operation.ts";
import { findTarget } from "../sessions/session-target.ts";

/** Whether a session could be opened to a target now. Source: Systems Manager API reference, GetConnectionStatus. */
export const getConnectionStatus: Operation<"GetConnectionStatus"> = async (
  { Target: name = "" },
  { store, caller },
) => {
  const found = findTarget(store.snapshot(), name, caller);
  return { Target: name, Status: found?.isConnected ? "connected" : "notconnected" };
};
