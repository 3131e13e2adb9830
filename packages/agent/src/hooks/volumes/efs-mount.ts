import { chmod, chown, mkdir, realpath, stat } from "node:fs/promises";
import { join, posix, sep } from "node:path";
import type { EfsGrant } from "@hatoba/contract";
import { TaskFailure } from "../../engine/task-failure.ts";

export type Granted = Exclude<EfsGrant, { readonly refused: string }>;

/** As the tasks of ECS show what its mount helper says. Source: EFS user guide, "Troubleshooting Amazon ECS task mount issues". */
export const efsFailure = (what: string, code: number, options?: ErrorOptions): TaskFailure =>
  new TaskFailure(
    `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${what} : unsuccessful EFS utils command execution; code: ${code}`,
    options,
  );

const refusedByServer = (path: string, why: string, options?: ErrorOptions) =>
  efsFailure(`mount.nfs4: mounting 127.0.0.1:${path} failed, reason given by server: ${why}`, 32, options);

/**
 * The directory of this machine that a grant is about. The root directory of an access point is made if it is not there, and so are
 * those above it, all with its owner and permissions; any other has to be there.
 * @param fileSystemDir the file system itself @throws TaskFailure with the words of the mount helper
 */
export async function efsDirectory(fileSystemDir: string, { path, create }: Granted): Promise<string> {
  const root = await realpath(fileSystemDir).catch((cause: unknown) => {
    const why = `No such file or directory (${fileSystemDir} is not on this container instance)`;
    throw refusedByServer("/", why, { cause });
  });
  const normal = posix.normalize(`/${path}`);
  if (create !== undefined) await makeDirectories(root, normal, create);
  // Tasks can write into a file system: a link there must not lead out of it.
  const real = await realpath(join(root, normal)).catch((cause: unknown) => {
    throw refusedByServer(normal, "No such file or directory", { cause });
  });
  if (real !== root && !real.startsWith(root + sep)) throw refusedByServer(normal, "Permission denied");
  if (!(await stat(real)).isDirectory()) throw refusedByServer(normal, "Not a directory");
  return real;
}

async function makeDirectories(root: string, path: string, create: NonNullable<Granted["create"]>): Promise<void> {
  let folder = root;
  for (const name of path.split("/").filter((part) => part !== "")) {
    folder = join(folder, name);
    try {
      await mkdir(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") {
        folder = await within(root, folder, path);
        continue;
      }
      throw refusedByServer(path, error instanceof Error ? error.message : String(error), { cause: error });
    }
    try {
      await chown(folder, create.ownerUid, create.ownerGid);
      await chmod(folder, Number.parseInt(create.permissions, 8));
    } catch (error) {
      const why = `Permission denied (the agent cannot give ${folder} to user ${create.ownerUid}: it is not root)`;
      throw refusedByServer(path, why, { cause: error });
    }
  }
}

async function within(root: string, folder: string, path: string): Promise<string> {
  const real = await realpath(folder);
  if (real.startsWith(root + sep)) return real;
  throw refusedByServer(path, "Permission denied");
}
