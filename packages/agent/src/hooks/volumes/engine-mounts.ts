import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** What engines are called in the table of processes. */
const engines = ["dockerd", "podman"];

/**
 * Whether the engine sees what this process mounts: it is root on Linux, and a process of an engine has the same mounts. Where that is
 * not so (an agent in a container or in a unit with mounts of its own, an engine without root) a container would get the empty
 * folder below a mount, and write its files there.
 * @param proc as `/proc`
 */
export async function engineSeesMounts(proc = "/proc", uid = process.getuid?.()): Promise<boolean> {
  if (uid !== 0) return false;
  const own = await mountsOf(join(proc, "self"));
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const name = await readFile(join(proc, pid, "comm"), "utf8").catch(() => ""); // it may have ended
    if (engines.includes(name.trim())) {
      const mounts = await mountsOf(join(proc, pid));
      if (mounts !== undefined && mounts === own) return true;
    }
  }
  return false;
}

const mountsOf = (folder: string) => readlink(join(folder, "ns", "mnt")).catch(() => undefined);
