import { execFile } from "node:child_process";
import { readFile, realpath } from "node:fs/promises";
import { promisify } from "node:util";
import { mountPointsIn } from "./mount-table.ts";

/** What a machine has for volumes in files. Methods reject with what the tool said. */
export interface LoopTools {
  /** @param fileSystem absent: the first of xfs and ext4 that there is a tool for */
  format(path: string, fileSystem: string | undefined): Promise<void>;
  mountLoop(path: string, mountPoint: string): Promise<void>;
  unmount(mountPoint: string): Promise<void>;
  isMounted(mountPoint: string): Promise<boolean>;
}

const run = promisify(execFile);
/** Tools of the system's administration are not in everybody's path. */
const options = {
  timeout: 120_000,
  env: { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin` },
};

async function call(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(command, args, options)).stdout;
  } catch (error) {
    const { code, stderr, message } = error as { readonly code?: unknown; readonly stderr?: string; message: string };
    if (code === "ENOENT") throw new Error(`${command} is not on this machine`, { cause: error });
    throw new Error(`${command}: ${(stderr || message).trim()}`, { cause: error });
  }
}

const flags: Readonly<Record<string, readonly string[]>> = {
  ext3: ["-q", "-F"],
  ext4: ["-q", "-F"],
  xfs: ["-q", "-f"],
};

const hasMaker = (fileSystem: string) =>
  call(`mkfs.${fileSystem}`, ["-V"]).then(
    () => true,
    () => false,
  );

/** This machine's own. */
export const systemLoopTools: LoopTools = {
  async format(path, wanted) {
    const fileSystem = wanted ?? ((await hasMaker("xfs")) ? "xfs" : "ext4");
    await call(`mkfs.${fileSystem}`, [...(flags[fileSystem] ?? []), path]);
  },
  mountLoop: async (path, mountPoint) => void (await call("mount", ["-o", "loop", path, mountPoint])),
  unmount: async (mountPoint) => void (await call("umount", [mountPoint])),
  async isMounted(mountPoint) {
    // The table has paths without links, and the agent's directory may be given by one.
    const real = await realpath(mountPoint).catch(() => mountPoint);
    return mountPointsIn(await readFile("/proc/self/mountinfo", "utf8")).includes(real);
  },
};

/** Whether volumes in files can be had here by root: a free loop device, and a file system to put in. */
export async function hasLoopDevices(): Promise<boolean> {
  try {
    await call("losetup", ["--find"]);
    return (await hasMaker("ext4")) || (await hasMaker("xfs"));
  } catch {
    return false;
  }
}

/** What an agent says that it can do then. */
export const ebsCapabilities: readonly string[] = ["ecs.capability.storage.ebs-task-volume-attach"];
