import { chmod, chown, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Longest path of a socket, in bytes. Source: unix(7), without the closing zero. */
const longestSocketPath = 107;

/** Where a router's files are on this machine. The engine mounts them, and dials the socket. */
export interface RouterFolder {
  readonly path: string;
  readonly config: string;
  readonly external: string;
  readonly socketDir: string;
  readonly socket: string;
}

/** @param dataDir the agent's, absolute */
export function routerFolder(dataDir: string, taskId: string): RouterFolder {
  const path = join(dataDir, "firelens", taskId);
  const socketDir = join(path, "socket");
  return {
    path,
    config: join(path, "config", "fluent.conf"),
    external: join(path, "config", "external.conf"),
    socketDir,
    socket: join(socketDir, "fluent.sock"),
  };
}

/**
 * Makes a router's folder; one that is there stays.
 * @param user as Docker takes it, of the router: it makes the socket
 * @throws Error that says what could not be done
 */
export async function makeRouterFolder(folder: RouterFolder, user: string | undefined): Promise<void> {
  if (Buffer.byteLength(folder.socket) > longestSocketPath) {
    throw new Error(`the path of its socket, ${folder.socket}, is longer than ${longestSocketPath} bytes`);
  }
  const owner = ownerOf(user);
  await mkdir(dirname(folder.config), { recursive: true });
  await mkdir(folder.socketDir, { recursive: true });
  if (owner !== undefined) await chown(folder.socketDir, owner.user, owner.group);
}

/** A name for the group is one of the image's and nobody's here: the agent's own group then, as the genuine agent has it. */
function ownerOf(user: string | undefined): { readonly user: number; readonly group: number } | undefined {
  if (user === undefined || user === "" || user === "root") return undefined;
  const [name = "", group = ""] = user.split(":");
  if (!/^\d+$/.test(name)) throw new Error(`unable to determine the user ID: ${name} is not a number`);
  return { user: Number(name), group: /^\d+$/.test(group) ? Number(group) : (process.getgid?.() ?? 0) };
}

/** Puts a file in place at once, readable for whoever the router runs as. */
export async function putRouterFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, content);
  await chmod(draft, 0o644);
  await rename(draft, path);
}

export const removeRouterFolder = (dataDir: string, taskId: string): Promise<void> =>
  rm(routerFolder(dataDir, taskId).path, { recursive: true, force: true });

/** Ids of the tasks that have a folder. */
export async function routerFolders(dataDir: string): Promise<readonly string[]> {
  try {
    return await readdir(join(dataDir, "firelens"));
  } catch {
    return [];
  }
}
