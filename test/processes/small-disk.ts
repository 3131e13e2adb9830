import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory on a file system of its own, as large as asked for. */
export interface SmallDisk {
  readonly directory: string;
  /** What is on it stays. */
  grow(mebibytes: number): void;
  remove(): void;
}

/** Undefined for a user who may not mount: only who may can make one. */
export function mountSmallDisk(mebibytes: number): SmallDisk | undefined {
  const directory = mkdtempSync(join(tmpdir(), "hatoba-full-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "hatoba-test", directory], { stdio: "ignore" });
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
  return {
    directory,
    grow: (size) => void execFileSync("mount", ["-o", `remount,size=${size}m`, directory]),
    remove() {
      execFileSync("umount", [directory]);
      rmSync(directory, { recursive: true });
    },
  };
}
