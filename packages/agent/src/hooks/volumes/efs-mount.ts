import { chmod, chown, mkdir, realpath } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import type { EfsGrant } from "@hatoba/contract";
import { TaskFailure } from "../../engine/task-failure.ts";
import { HeldDirectory } from "./held-directory.ts";

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
 * The directory of this machine that a grant is about, to be closed by the caller. The root directory of an access point is made if it
 * is not there, and so are those above it, all with its owner and permissions; any other has to be there. Tasks can write into a file
 * system: links there do not lead out of it, nor does what they put in the place of a directory meanwhile.
 * @param fileSystemDir the file system itself @throws TaskFailure with the words of the mount helper
 */
export async function efsDirectory(fileSystemDir: string, { path, create }: Granted): Promise<HeldDirectory> {
  const root = await realpath(fileSystemDir).catch((cause: unknown) => {
    const why = `No such file or directory (${fileSystemDir} is not on this container instance)`;
    throw refusedByServer("/", why, { cause });
  });
  const normal = posix.normalize(`/${path}`);
  const real = await realpath(join(root, normal)).catch((cause: unknown) => {
    if (create !== undefined && codeOf(cause) === "ENOENT") return join(root, normal);
    throw refusedByServer(normal, "No such file or directory", { cause });
  });
  if (real !== root && !real.startsWith(root + sep)) throw refusedByServer(normal, "Permission denied");
  let held = await HeldDirectory.open(root);
  for (const name of relative(root, real)
    .split(sep)
    .filter((part) => part !== "")) {
    const outer = held;
    try {
      held = await directoryIn(outer, name, create);
    } catch (error) {
      throw refusedByServer(normal, whyNot(error), { cause: error });
    } finally {
      await outer.close();
    }
  }
  return held;
}

/** One that is there, or is made. */
async function directoryIn(outer: HeldDirectory, name: string, create: Granted["create"]): Promise<HeldDirectory> {
  try {
    return await outer.within(name);
  } catch (error) {
    if (create === undefined || codeOf(error) !== "ENOENT") throw error;
  }
  const isNew = await mkdir(join(outer.via, name)).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "EEXIST") return false; // another task was faster
      throw error;
    },
  );
  const made = await outer.within(name);
  if (!isNew) return made;
  try {
    await chown(made.via, create.ownerUid, create.ownerGid);
    await chmod(made.via, Number.parseInt(create.permissions, 8));
    return made;
  } catch (error) {
    await made.close();
    const why = `Permission denied (the agent cannot give ${made.path} to user ${create.ownerUid}: it is not root)`;
    throw new Error(why, { cause: error });
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** A link where a directory was is somebody's attempt to lead elsewhere, or a link to nothing. */
const whyNot = (error: unknown): string =>
  reasons[codeOf(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "No such file or directory",
  ENOTDIR: "Not a directory",
  ELOOP: "Not a directory",
  EACCES: "Permission denied",
  EPERM: "Permission denied",
};
