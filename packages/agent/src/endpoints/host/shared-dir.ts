import { mkdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * The folder in which the agents of one network namespace meet, made if it is missing; for root alone, since what is asked
 * through it are keys. Undefined where there is none: then this agent is on its own.
 */
export function sharedDir(root = "/run/hatoba"): string | undefined {
  try {
    const namespace = /\d+/.exec(readlinkSync("/proc/self/ns/net"))?.[0] ?? "0";
    const dir = join(root, `network-${namespace}`);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return dir;
  } catch {
    return undefined;
  }
}
