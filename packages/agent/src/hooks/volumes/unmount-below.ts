import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import { mountPointsIn } from "./mount-table.ts";

/** What looks at mounts and takes them away; as the machine has it. */
export interface UnmountTools {
  /** As `/proc/self/mountinfo`; empty where there is none. */
  readonly mounts: () => string;
  readonly unmount: (mountPoint: string) => void;
}

const system: UnmountTools = {
  mounts: () => {
    try {
      return readFileSync("/proc/self/mountinfo", "utf8");
    } catch {
      return "";
    }
  },
  unmount: (mountPoint) => void execFileSync("umount", [mountPoint], { stdio: "pipe", timeout: 30_000 }),
};

/**
 * Takes away whatever is mounted below a directory, the deepest first. To be called before anything there is removed: a removal goes
 * on into what is mounted, and that may be everybody's files.
 * @throws Error if something stays mounted
 */
export function unmountBelow(directory: string, { mounts, unmount }: UnmountTools = system): void {
  if (!existsSync(directory)) return;
  for (const mountPoint of mountPointsBelow(directory, mounts())) {
    try {
      unmount(mountPoint);
    } catch (cause) {
      throw new Error(`${mountPoint} cannot be unmounted, so nothing in ${directory} is removed`, { cause });
    }
  }
}

/** The table has paths without links, and the directory may be given by one. */
function mountPointsBelow(directory: string, mountinfo: string): readonly string[] {
  const real = realpathSync(directory);
  return mountPointsIn(mountinfo)
    .filter((point) => point.startsWith(real + sep))
    .toSorted((a, b) => b.length - a.length);
}
