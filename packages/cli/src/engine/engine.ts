import { existsSync } from "node:fs";
import Docker from "dockerode";

/** What stands at an engine's address. */
export type EngineState =
  | { readonly state: "answers"; readonly version: string; readonly cgroupVersion: string }
  /** Its socket is there, but this user may not open it. */
  | { readonly state: "refused" }
  | { readonly state: "absent"; readonly reason: string };

/** DOCKER_HOST, or the engine's usual socket. */
export const engineAddress = (): string => process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";

/** A client for `engineAddress()`. @param timeoutMs how long one call may take; no limit if left out */
export function engineClient(timeoutMs?: number): Docker {
  const address = engineAddress();
  const timeout = timeoutMs === undefined ? {} : { timeout: timeoutMs };
  return new Docker(
    address.startsWith("unix://") ? { socketPath: address.slice("unix://".length), ...timeout } : timeout,
  );
}

/** Asks the engine who it is; an engine that does not answer within five seconds counts as absent. */
export async function probeEngine(): Promise<EngineState> {
  try {
    const info = (await engineClient(5000).info()) as { ServerVersion: string; CgroupVersion?: string };
    return { state: "answers", version: info.ServerVersion, cgroupVersion: info.CgroupVersion ?? "1" };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "EACCES") return { state: "refused" };
    return {
      state: "absent",
      reason: code === "ENOENT" || code === "ECONNREFUSED" ? `nothing answers at ${engineAddress()}` : message,
    };
  }
}

/** The engine's own program, if it is installed where distributions put it. */
export const engineProgram = (): string | undefined =>
  ["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"].find((path) => existsSync(path));
