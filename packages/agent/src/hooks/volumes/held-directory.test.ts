import { chmod, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HeldDirectory } from "./held-directory.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hatoba-held-"));
  for (const name of ["inside", "outside"]) await mkdir(join(root, name), { mode: 0o755 });
});
afterEach(() => rm(root, { recursive: true }));
const modeOf = async (name: string) => (await stat(join(root, name))).mode & 0o777;

test.runIf(process.platform === "linux")(
  "it stays the one that was opened, though a link takes its place",
  async () => {
    const held = await (await HeldDirectory.open(root)).within("inside");
    await rename(join(root, "inside"), join(root, "moved"));
    await symlink(join(root, "outside"), join(root, "inside"));
    await chmod(held.via, 0o700);
    await mkdir(join(held.via, "new"));
    expect([await modeOf("moved"), await modeOf("outside"), await modeOf("moved/new")]).toEqual([0o700, 0o755, 0o755]);
    await held.close();
  },
);

test("no link is followed, and no file opened", async () => {
  const held = await HeldDirectory.open(root);
  await symlink(join(root, "outside"), join(root, "link"));
  await writeFile(join(root, "file"), "");
  await expect(held.within("link")).rejects.toThrow(/ENOTDIR|ELOOP/);
  await expect(held.within("file")).rejects.toThrow("ENOTDIR");
  await expect(held.within("none")).rejects.toThrow("ENOENT");
  await held.close();
});
