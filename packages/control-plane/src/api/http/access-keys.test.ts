import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultSettings } from "../../settings.ts";
import { openRootKey } from "./access-keys.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hatoba-keys-"));
});
afterEach(() => rm(folder, { recursive: true }));

const keyIn = async (path: string) =>
  JSON.parse(await readFile(path, "utf8")) as { accessKeyId: string; secretAccessKey: string };

test("makes one key, for its owner only, and keeps it", async () => {
  const path = join(folder, "data", "credentials.json");
  const opened = await Promise.all([openRootKey(path, defaultSettings), openRootKey(path, defaultSettings)]);
  const key = await keyIn(path);
  expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(key.secretAccessKey).toHaveLength(40);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  for (const keys of [...opened, await openRootKey(path, defaultSettings)]) {
    expect(keys.lookupKey(key.accessKeyId)).toMatchObject({
      secretAccessKey: key.secretAccessKey,
      caller: { arn: "arn:aws:iam::000000000000:root", accessKeyId: key.accessKeyId },
    });
    expect(keys.lookupKey("AKIASOMEBODYELSE")).toBeUndefined();
  }
});

test("says which file holds no key", async () => {
  const path = join(folder, "credentials.json");
  await writeFile(path, "{}");
  await expect(openRootKey(path, defaultSettings)).rejects.toThrow(`${path} holds no access key`);
});
