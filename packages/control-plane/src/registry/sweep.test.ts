import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryArn } from "../model/image-repository.ts";
import { ManualClock } from "../platform/clock.ts";
import { randomIds } from "../platform/ids.ts";
import { silentLogger } from "../platform/logger.ts";
import { defaultSettings as settings } from "../settings.ts";
import { MemoryStore } from "../store/memory-store.ts";
import { digestOf } from "./digest.ts";
import { ImageRegistry } from "./image-registry.ts";
import { removalOf, repositoryRemoval } from "./remove-images.ts";
import { sweep } from "./sweep.ts";

const hour = 3_600_000;
let folder: string;
let store: MemoryStore;
let clock: ManualClock;
let registry: ImageRegistry;
const open = () => new ImageRegistry({ folder, store, clock, ids: randomIds, settings });
const swept = () => sweep({ registry, store, clock, logger: silentLogger });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hatoba-sweep-"));
  store = new MemoryStore();
  clock = new ManualClock(Date.now());
  registry = open();
  for (const name of ["app", "other"]) {
    const value = {
      name,
      createdAt: 0,
      tagMutability: "MUTABLE" as const,
      tagExclusions: [],
      scanOnPush: false,
      encryption: { encryptionType: "AES256" as const },
      tags: [],
      contentChanges: 0,
    };
    await store.commit([{ kind: "imageRepository", arn: repositoryArn(settings, name), expected: 0, value }]);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* bytes(text: string) {
  yield Buffer.from(text);
}
async function blob(content: string, name = "app"): Promise<string> {
  const id = await registry.startUpload(name);
  await registry.upload(name, id, { content: bytes(content) });
  await registry.finishUpload(name, id, digestOf(Buffer.from(content)));
  return digestOf(Buffer.from(content));
}
const manifestOf = (...layers: readonly string[]) =>
  Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "c", size: 1, digest: layers[0] },
      layers: layers.map((digest) => ({ mediaType: "l", size: 1, digest })),
    }),
  );
async function files(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const digest of registry.files.digests()) found.push(digest);
  return found.toSorted();
}

test("what an image needs stays; what none needs goes after a day, and its file with it", async () => {
  const [layer, unused] = [await blob("layer"), await blob("unused")];
  const { digest } = await registry.putImage("app", { content: manifestOf(layer), tag: "v1" });
  clock.advance(23 * hour);
  await swept();
  expect(await files()).toEqual([layer, unused, digest].toSorted());
  clock.advance(2 * hour);
  await swept();
  expect(await files()).toEqual([layer, digest].toSorted());
});

test("a blob that a push has found here is kept for it", async () => {
  const layer = await blob("layer");
  clock.advance(25 * hour);
  expect(await registry.seeBlob("app", layer)).toBe(5);
  await swept();
  await registry.putImage("app", { content: manifestOf(layer), tag: "v1" });
  await swept();
  expect(await files()).toContain(layer);
});

test("a blob that two repositories have goes with the second", async () => {
  const layer = await blob("shared");
  await registry.mountBlob("other", { from: "app", digest: layer });
  for (const [name, left] of [
    ["app", [layer]],
    ["other", []],
  ] as const) {
    await registry.change(name, (repository, snapshot) => ({
      writes: repositoryRemoval(repository, snapshot),
      result: 0,
    }));
    await swept();
    expect(await files()).toEqual(left);
  }
});

test("files that a crash left without anybody knowing of them go", async () => {
  await registry.uploads.put(Buffer.from("nobody's"), {
    digest: digestOf(Buffer.from("nobody's")),
    keep: async () => {
      expect(await files()).toHaveLength(1);
      await swept(); // while it is being made it stays
      expect(await files()).toHaveLength(1);
    },
  });
  await swept();
  expect(await files()).toEqual([]);
});

test("an upload goes on after a restart, and goes when nobody goes on with it", async () => {
  const id = await registry.startUpload("app");
  await registry.upload("app", id, { content: bytes("first ") });
  registry = open();
  expect(await registry.uploaded("app", id)).toBe(6);
  await registry.upload("app", id, { content: bytes("second"), from: 6 });
  await registry.finishUpload("app", id, digestOf(Buffer.from("first second")));
  expect(registry.blobSize("app", digestOf(Buffer.from("first second")))).toBe(12);

  const left = await registry.startUpload("app");
  clock.advance(25 * hour);
  await swept();
  await expect(registry.uploaded("app", left)).rejects.toMatchObject({ reason: "uploadUnknown" });
  expect((await readdir(join(folder, "uploads"), { recursive: true })).filter((each) => each.endsWith(left))).toEqual(
    [],
  );
});

test("what has come of a part that breaks off stays, and the digest is of all of it", async () => {
  const id = await registry.startUpload("app");
  const broken = (async function* () {
    yield Buffer.from("half ");
    throw new Error("hung up");
  })();
  await expect(registry.upload("app", id, { content: broken })).rejects.toThrow("hung up");
  expect(await registry.uploaded("app", id)).toBe(5);
  await registry.upload("app", id, { content: bytes("done"), from: 5 });
  await registry.finishUpload("app", id, digestOf(Buffer.from("half done")));
});

test("pushes, deletions and sweeps at the same time leave no image without its layers", async () => {
  const layers = await Promise.all(["a", "b", "c", "d"].map((content) => blob(content)));
  for (let round = 0; round < 20; round++) {
    clock.advance(25 * hour); // so that every blob that is not used just now may go
    const push = async (at: number) => {
      const layer = await blob(["a", "b", "c", "d"][at] ?? "");
      await registry.putImage("app", { content: manifestOf(layer), tag: `t${at}` });
    };
    const remove = (at: number) =>
      registry.change("app", (_repository, snapshot) => {
        const image = registry.findImage("app", { tag: `t${at}` }, snapshot);
        return { writes: image === undefined ? [] : removalOf(image, snapshot), result: undefined };
      });
    await Promise.all([push(round % 4), swept(), remove((round + 1) % 4), swept(), push((round + 2) % 4), swept()]);
    for (const { value } of store.snapshot().list("image")) {
      for (const digest of [value.digest, ...value.blobs]) expect(await registry.files.sizeOf(digest)).toBeDefined();
    }
  }
  expect(layers).toHaveLength(4);
});

test("a lifecycle policy is carried out, and says when", async () => {
  const layer = await blob("layer");
  for (const tag of ["v1", "v2", "v3"]) {
    clock.advance(hour);
    const content = Buffer.from(manifestOf(layer).toString().replace("{", `{"annotations":{"tag":"${tag}"},`));
    await registry.putImage("app", { content, tag });
  }
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 };
  const text = JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: "expire" } }] });
  await registry.change("app", ({ arn, revision, value }) => ({
    writes: [{ kind: "imageRepository", arn, expected: revision, value: { ...value, lifecyclePolicy: { text } } }],
    result: undefined,
  }));
  await swept();
  expect(
    store
      .snapshot()
      .list("imageTag")
      .map(({ value }) => value.tag),
  ).toEqual(["v3"]);
  expect(registry.repository("app").value.lifecyclePolicy?.evaluatedAt).toBe(clock.now());
});

test("what lost its file is brought back by the next push, layers and manifest", async () => {
  const layer = await blob("layer");
  const content = manifestOf(layer);
  const { digest } = await registry.putImage("app", { content, tag: "v1" });
  for (const each of [layer, digest]) registry.files.removeUnless(each, () => false);
  expect(await registry.seeBlob("app", layer)).toBeUndefined();
  await blob("layer");
  expect(await registry.seeBlob("app", layer)).toBe(5);
  expect(await registry.putImage("app", { content, tag: "v1" })).toEqual({ digest, isNew: false });
  expect(await files()).toEqual([layer, digest].toSorted());
});
