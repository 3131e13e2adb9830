import { mkdir, mkdtemp, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { silentLogger } from "../../platform/logger.ts";
import { type BindTools, EfsBinds } from "./efs-binds.ts";
import { HeldDirectory } from "./held-directory.ts";

let root: string;
let mounted: Map<string, string>;
let tools: BindTools;
let held: HeldDirectory;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hatoba-binds-"));
  await mkdir(join(root, "files"));
  held = await HeldDirectory.open(join(root, "files"));
  mounted = new Map();
  tools = {
    bind: async (fd, mountPoint) => void mounted.set(mountPoint, await readlink(`/proc/self/fd/${fd}`)),
    unmount: async (mountPoint) => void mounted.delete(mountPoint),
    isMounted: async (mountPoint) => mounted.has(mountPoint),
  };
});
afterEach(async () => {
  await held.close();
  await rm(root, { recursive: true });
});
const places = () => join(root, "binds");
const binds = () => new EfsBinds({ root: places(), tools, logger: silentLogger });

describe.runIf(process.platform === "linux")("directories that are bound for tasks", () => {
  test("are the ones that were checked, whatever has their name by now", async () => {
    await rename(join(root, "files"), join(root, "moved"));
    await symlink("/etc", join(root, "files"));
    const place = await binds().bind("task", "data", held);
    expect(mounted.get(place)).toBe(join(root, "moved"));
  });

  test("are bound once for a task, each volume at its own place, and go with it", async () => {
    const all = binds();
    const [first, again, other] = await Promise.all(
      ["a", "a", "../b"].map((volume) => all.bind("arn:task/1", volume, held)),
    );
    expect([first === again, first === other, mounted.size]).toEqual([true, false, 2]);
    await all.bind("arn:task/2", "a", held);
    all.release("arn:task/1");
    await vi.waitFor(async () => expect(await readdir(places())).toHaveLength(1));
    expect(mounted.size).toBe(1);
  });

  test("of tasks that nobody knows any more go when an agent starts", async () => {
    await binds().bind("gone", "a", held);
    const place = await binds().bind("here", "a", held);
    await binds().sweep(["here"]);
    await vi.waitFor(async () => expect(await readdir(places())).toHaveLength(1));
    expect([...mounted.keys()]).toEqual([place]);
  });

  test("that cannot be taken away keep what is in them", async () => {
    const place = await binds().bind("task", "a", held);
    mounted.clear(); // still mounted, as for a table that says otherwise
    await writeFile(join(place, "precious"), "");
    const error = vi.fn();
    new EfsBinds({ root: places(), tools, logger: { ...silentLogger, error } }).release("task");
    await vi.waitFor(() => expect(error).toHaveBeenCalled());
    expect(await readdir(place)).toEqual(["precious"]);
  });

  test("that cannot be bound are the task's reason", async () => {
    tools.bind = async () => {
      throw new Error("mount: permission denied");
    };
    await expect(binds().bind("task", "a", held)).rejects.toThrow(
      /^ResourceInitializationError: .*could not be bound for the task: mount: permission denied/,
    );
  });
});
