import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { join } from "node:path";
import { repositoryArn } from "../../packages/control-plane/src/model/image-repository.ts";
import { systemClock } from "../../packages/control-plane/src/platform/clock.ts";
import { randomIds } from "../../packages/control-plane/src/platform/ids.ts";
import { silentLogger } from "../../packages/control-plane/src/platform/logger.ts";
import { digestOf } from "../../packages/control-plane/src/registry/digest.ts";
import { ImageRegistry } from "../../packages/control-plane/src/registry/image-registry.ts";
import { removalOf } from "../../packages/control-plane/src/registry/remove-images.ts";
import { sweep } from "../../packages/control-plane/src/registry/sweep.ts";
import { defaultSettings as settings } from "../../packages/control-plane/src/settings.ts";
import { SqliteStore } from "../../packages/control-plane/src/store/sqlite-store.ts";

// Pushes images, removes some and sweeps until it is killed; says `TAG DIGEST` for each image that was acknowledged. Its clock is a day
// ahead at each sweep, so that nothing is too young to go.
const folder = process.argv[2] ?? "";
const store = new SqliteStore({ path: join(folder, "store.db"), onFatal: () => process.exit(3) });
let ahead = 0;
const clock = { ...systemClock, now: () => Date.now() + ahead };
const registry = new ImageRegistry({ folder: join(folder, "registry"), store, clock, ids: randomIds, settings });
const arn = repositoryArn(settings, "app");
const value = {
  name: "app",
  createdAt: 0,
  tagMutability: "MUTABLE" as const,
  tagExclusions: [],
  scanOnPush: false,
  encryption: { encryptionType: "AES256" as const },
  tags: [],
  contentChanges: 0,
};
if (store.snapshot().get("imageRepository", arn) === undefined) {
  await store.commit([{ kind: "imageRepository", arn, expected: 0, value }]);
}

async function push(tag: string): Promise<void> {
  const content = randomBytes(20_000);
  const digest = digestOf(content);
  const id = await registry.startUpload("app");
  const bytes = (async function* () {
    yield content;
  })();
  await registry.upload("app", id, { content: bytes });
  await registry.finishUpload("app", id, digest);
  const part = { mediaType: "x", digest, size: content.length };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: part, layers: [part] }));
  const image = await registry.putImage("app", { content: manifest, tag });
  writeSync(1, `${tag} ${image.digest}\n`);
}

for (let round = 0; ; round++) {
  const name = `${process.pid}-${round}`;
  const removed = push(`${name}-gone`).then(() =>
    registry.change("app", (_repository, snapshot) => {
      const image = registry.findImage("app", { tag: `${name}-gone` }, snapshot);
      return { writes: image === undefined ? [] : removalOf(image, snapshot), result: undefined };
    }),
  );
  await Promise.all([push(`${name}-a`), push(`${name}-b`), removed]);
  ahead += 25 * 3_600_000;
  await sweep({ registry, store, clock, logger: silentLogger });
}
