import { execFile } from "node:child_process";
import { mkdir, readFile, realpath } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { mountPointsIn } from "./mount-table.ts";

/** What an agent says that it can do once it has a directory of EFS file systems. */
export const efsCapabilities: readonly string[] = ["ecs.capability.efs", "ecs.capability.efsAuth"];

/** The directory of EFS file systems cannot be had. */
export class EfsRootError extends Error {
  override readonly name = "EfsRootError";
}

/** What mounting needs of the machine; each may reject. */
export interface MountTools {
  /** As `/proc/self/mountinfo`. */
  mounts(): Promise<string>;
  /** As `/proc/filesystems`. */
  fileSystems(): Promise<string>;
  mount(args: readonly string[]): Promise<void>;
}

const run = promisify(execFile);
const tools: MountTools = {
  mounts: () => readFile("/proc/self/mountinfo", "utf8"),
  fileSystems: () => readFile("/proc/filesystems", "utf8"),
  mount: async (args) => void (await run("mount", args, { timeout: 60_000 })),
};

/** Source: EFS user guide, "Recommended NFS mount settings". */
const nfsOptions = "nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600,retrans=2,noresvport";

/**
 * Where this machine finds the file systems of EFS: the directory that is given, or an NFS export `SERVER:/PATH`, mounted in the
 * agent's folder unless it is already.
 * @throws EfsRootError that says what is missing
 */
export async function openEfsRoot(given: string, dataDir: string, use: MountTools = tools): Promise<string> {
  if (isAbsolute(given)) return given;
  if (!/^[^:/\s][^:\s]*:\/.*$/.test(given)) {
    throw new EfsRootError(
      `HATOBA_EFS_ROOT takes a directory, or an NFS export as files.example:/srv/efs, not ${given}`,
    );
  }
  const target = join(dataDir, "efs");
  await mkdir(target, { recursive: true });
  // The table has paths without links, and the agent's directory may be given by one.
  if (mountPointsIn(await use.mounts()).includes(await realpath(target))) return target;
  try {
    await use.mount(["-t", "nfs4", "-o", nfsOptions, given, target]);
  } catch (error) {
    throw new EfsRootError(`${given} cannot be mounted: ${await reasonOf(error, use)}`, { cause: error });
  }
  return target;
}

async function reasonOf(error: unknown, use: MountTools): Promise<string> {
  const { stderr, message } = error as { readonly stderr?: string; readonly message?: string };
  const said = (stderr || message || String(error)).trim();
  const known = await use.fileSystems().catch(() => "nfs4");
  if (/\bnfs4\b/.test(known)) return said;
  return `this kernel has no NFS client (nfs4 is not in /proc/filesystems; the module nfs, the package nfs-common). mount says: ${said}`;
}
