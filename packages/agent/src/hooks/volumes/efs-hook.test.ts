import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChannelTask, EfsGrant } from "@hatoba/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { EfsHook } from "./efs-hook.ts";
import { EfsRootError, openEfsRoot } from "./efs-root.ts";

const id = "fs-0123456789abcdef0";
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hatoba-efs-root-"));
  await mkdir(join(root, id));
});
afterEach(() => rm(root, { recursive: true }));

const granted = { path: "/", mayWrite: true, mayBeRoot: true };
const spec = (dockerConfig: object = {}) =>
  ({
    dockerConfig,
    dockerHostConfig: {},
    mounts: [
      { source: "efs:data", target: "/data", readOnly: false },
      { source: "/etc", target: "/host", readOnly: true },
    ],
  }) as unknown as ContainerSpec;

async function mounted(hatobaGrant: EfsGrant, { config, where = root }: { config?: object; where?: string } = {}) {
  const efsVolumeConfiguration = { fileSystemId: id, hatobaGrant };
  const container = { name: "app", mountPoints: [{ sourceVolume: "data", containerPath: "/data", readOnly: false }] };
  const task = { volumes: [{ name: "data", type: "efs", efsVolumeConfiguration }] } as unknown as ChannelTask;
  return new EfsHook(where).beforeCreate({ task, container: container as never, runtimeName: "r" }, spec(config));
}
const failure = (what: string, code = 32) =>
  `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${what} : unsuccessful EFS utils command execution; code: ${code}`;

describe("a task's EFS volume", () => {
  test("is the file system's directory, or one in it", async () => {
    await mkdir(join(root, id, "a", "b"), { recursive: true });
    const source = async (path: string) => (await mounted({ ...granted, path })).mounts[0]?.source;
    expect(await source("/")).toBe(join(root, id));
    expect(await source("a/b/")).toBe(join(root, id, "a", "b"));
    expect((await mounted(granted)).mounts[1]).toEqual({ source: "/etc", target: "/host", readOnly: true });
  });

  test("cannot be written where that is not granted", async () => {
    expect((await mounted({ ...granted, mayWrite: false })).mounts[0]).toMatchObject({ readOnly: true });
  });

  test("has a root directory that is there; links do not lead out of it", async () => {
    const missing = failure(
      "mount.nfs4: mounting 127.0.0.1:/none failed, reason given by server: No such file or directory",
    );
    await expect(mounted({ ...granted, path: "/none" })).rejects.toThrow(missing);
    await symlink("/etc", join(root, id, "out"));
    await expect(mounted({ ...granted, path: "/out" })).rejects.toThrow("reason given by server: Permission denied");
    await expect(mounted({ ...granted, path: "/../../etc" })).rejects.toThrow("127.0.0.1:/etc failed");
    await symlink("/tmp", join(root, id, "made"));
    const create = { ownerUid: process.getuid?.() ?? 0, ownerGid: process.getgid?.() ?? 0, permissions: "0755" };
    await expect(mounted({ ...granted, path: "/made/here", create })).rejects.toThrow("Not a directory");
    expect(existsSync("/tmp/here")).toBe(false);
    await mkdir(join(root, id, "releases", "5"), { recursive: true });
    await symlink("releases/5", join(root, id, "current"));
    expect((await mounted({ ...granted, path: "/current" })).mounts[0]?.source).toBe(join(root, id, "releases", "5"));
  });

  test("an access point's root directory is made as it says, those above it too; what is there stays", async () => {
    const create = { ownerUid: process.getuid?.() ?? 0, ownerGid: process.getgid?.() ?? 0, permissions: "0750" };
    await mounted({ ...granted, path: "/app/data", create });
    for (const path of ["app", "app/data"]) expect((await stat(join(root, id, path))).mode & 0o7777).toBe(0o750);
    await chmod(join(root, id, "app"), 0o711);
    await mounted({ ...granted, path: "/app/data", create });
    expect((await stat(join(root, id, "app"))).mode & 0o7777).toBe(0o711);
  });

  test("a refusal is the task's reason, in the words of the mount helper", async () => {
    const refused = "mount.nfs4: access denied by server while mounting 127.0.0.1:/";
    await expect(mounted({ refused, code: 32 })).rejects.toMatchObject({
      name: "TaskFailure",
      message: failure(refused),
    });
    await expect(mounted(granted, { where: join(root, "elsewhere") })).rejects.toThrow(
      "is not on this container instance",
    );
    await expect(
      new EfsHook(undefined).beforeCreate({ task: taskWith(granted), container: app, runtimeName: "r" }, spec()),
    ).rejects.toThrow("has no directory of EFS file systems");
  });
});

const app = { name: "app", mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] } as never;
const taskWith = (hatobaGrant: EfsGrant) =>
  ({
    volumes: [{ name: "data", type: "efs", efsVolumeConfiguration: { fileSystemId: id, hatobaGrant } }],
  }) as unknown as ChannelTask;

describe("who a container is there", () => {
  const user = { uid: 1000, gid: 1001, secondaryGids: [7] };

  test("the access point's user, with its further groups", async () => {
    const changed = await mounted({ ...granted, user });
    expect(changed.dockerConfig).toEqual({ User: "1000:1001" });
    expect(changed.dockerHostConfig).toEqual({ GroupAdd: ["7"] });
    expect((await mounted({ ...granted, user }, { config: { User: "1000" } })).dockerConfig).toEqual({
      User: "1000:1001",
    });
  });

  test("one that states another is refused", async () => {
    await expect(mounted({ ...granted, user }, { config: { User: "0" } })).rejects.toThrow(
      "the access point's user is 1000:1001",
    );
    await expect(mounted({ ...granted, user }, { config: { User: "1000:5" } })).rejects.toThrow("leave its user out");
  });

  test("root that would be squashed is refused; a number that is not root's is not", async () => {
    const grant = { ...granted, mayBeRoot: false };
    for (const User of [undefined, "", "root", "0", "app", "00"]) {
      await expect(mounted(grant, { config: { User } })).rejects.toThrow("ClientRootAccess is not granted");
    }
    expect((await mounted(grant, { config: { User: "1000" } })).dockerConfig).toEqual({ User: "1000" });
    await expect(mounted({ ...grant, user: { ...user, uid: 0 } })).rejects.toThrow("ClientRootAccess");
    expect((await mounted({ ...grant, user })).dockerConfig).toEqual({ User: "1000:1001" });
  });
});

describe("where file systems are", () => {
  const tools = (more: Partial<Parameters<typeof openEfsRoot>[2] & object> = {}) => ({
    mounts: async () => "",
    fileSystems: async () => "nodev\tnfs4\n",
    mount: async () => undefined,
    ...more,
  });

  test("a directory is taken as it is", async () => {
    expect(await openEfsRoot("/srv/efs", root, tools())).toBe("/srv/efs");
  });

  test("an export is mounted in the agent's folder, once", async () => {
    const calls: (readonly string[])[] = [];
    const mount = async (args: readonly string[]) => void calls.push(args);
    expect(await openEfsRoot("files.example:/srv/efs", root, tools({ mount }))).toBe(join(root, "efs"));
    expect(calls).toEqual([
      ["-t", "nfs4", "-o", expect.stringContaining("nfsvers=4.1"), "files.example:/srv/efs", join(root, "efs")],
    ]);
    const mounts = async () => `30 1 0:40 / ${join(root, "efs")} rw - nfs4 files.example:/srv/efs rw`;
    expect(await openEfsRoot("files.example:/srv/efs", root, tools({ mount, mounts }))).toBe(join(root, "efs"));
    expect(calls).toHaveLength(1);
  });

  test("a kernel without NFS is told apart from a server that does not answer", async () => {
    const mount = async () => {
      throw Object.assign(new Error("Command failed"), { stderr: "mount: unknown filesystem type 'nfs4'.\n" });
    };
    const open = (fileSystems: string) =>
      openEfsRoot("h:/e", root, tools({ mount, fileSystems: async () => fileSystems }));
    await expect(open("nodev\tproc\n")).rejects.toThrow(
      "h:/e cannot be mounted: this kernel has no NFS client (nfs4 is not in /proc/filesystems; the module nfs, the package nfs-common). mount says: mount: unknown filesystem type 'nfs4'.",
    );
    await expect(open("nodev\tnfs4\n")).rejects.toThrow("h:/e cannot be mounted: mount: unknown");
    await expect(openEfsRoot("efs", root, tools())).rejects.toBeInstanceOf(EfsRootError);
  });
});
