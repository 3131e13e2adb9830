import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import { randomIds } from "../../packages/control-plane/src/platform/ids.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { digestOf } from "../../packages/control-plane/src/registry/digest.ts";
import { ImageRegistry } from "../../packages/control-plane/src/registry/image-registry.ts";
import { isFileWanted } from "../../packages/control-plane/src/registry/remove-images.ts";
import { sweep } from "../../packages/control-plane/src/registry/sweep.ts";
import { defaultSettings as settings } from "../../packages/control-plane/src/settings.ts";
import { SqliteStore } from "../../packages/control-plane/src/store/sqlite-store.ts";

const kills = 20;
const folder = mkdtempSync(join(tmpdir(), "hatoba-registry-crash-"));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") };

/** Lets a child work until it has acknowledged so many images, and kills it. @returns what it has acknowledged */
async function workUntilKilled(images: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "registry-crash.child.ts"), folder], { env });
  let said = "";
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (said.split("\n").length > images) child.kill("SIGKILL");
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect([signal, complaints]).toEqual(["SIGKILL", ""]);
  return said.split("\n").slice(0, -1);
}

test("a killed house has every image that it acknowledged, and nothing that no one needs", async () => {
  const acknowledged: string[] = [];
  for (let kill = 0; kill < kills; kill++) acknowledged.push(...(await workUntilKilled(1 + ((kill * 7) % 11))));
  const store = new SqliteStore({ path: join(folder, "store.db"), onFatal: (error) => expect(error).toBeUndefined() });
  const clock = { ...systemClock, now: () => Date.now() + 1e12 };
  const registry = new ImageRegistry({ folder: join(folder, "registry"), store, clock, ids: randomIds, settings });
  await sweep({ registry, store, clock, logger: silentLogger });

  const snapshot = store.snapshot();
  const kept = acknowledged.filter((line) => !line.includes("-gone "));
  expect(kept.length).toBeGreaterThan(kills);
  for (const line of kept) {
    const [tag = "", digest = ""] = line.split(" ");
    expect(registry.findImage("app", { tag, digest }, snapshot)).toBeDefined();
  }
  for (const { value } of snapshot.list("image")) {
    for (const digest of [value.digest, ...value.blobs]) {
      const parts: Buffer[] = [];
      for await (const part of registry.readBlob(digest)) parts.push(part as Buffer);
      expect(digestOf(Buffer.concat(parts))).toBe(digest);
    }
  }
  for await (const digest of registry.files.digests()) expect(isFileWanted(digest, snapshot)).toBe(true);
  await store.close();
});
