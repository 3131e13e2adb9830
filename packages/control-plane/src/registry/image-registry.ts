import { createHash } from "node:crypto";
import type { ReadStream } from "node:fs";
import { join } from "node:path";
import { type Image, imageKey, imageTagKey, repositoryArn } from "../model/image-repository.ts";
import type { Clock } from "../platform/clock.ts";
import type { IdSource } from "../platform/ids.ts";
import type { Settings } from "../settings.ts";
import { ConflictError, type Snapshot, type Store, type Stored, type Write } from "../store/store.ts";
import { BlobFiles } from "./blob-files.ts";
import { digestOf, isDigest } from "./digest.ts";
import { mostManifestBytes, parseManifest } from "./parse-manifest.ts";
import { contentChange, planPush } from "./plan-push.ts";
import { RegistryRefusal } from "./refusal.ts";
import { Uploads } from "./uploads.ts";

/** An image is named by its tag or its digest; if both are given, both have to fit. */
export interface ImageName {
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/** A manifest as a client pushes it. */
export interface PushedManifest {
  readonly content: Uint8Array;
  readonly mediaType?: string | undefined;
  readonly tag?: string | undefined;
  /** What the client takes its digest to be. */
  readonly digest?: string | undefined;
}

/** A pull is noted at most so often, in milliseconds. */
const pullNotedMs = 60_000;
/** A blob that a push finds here counts as wanted anew after so long, in milliseconds. */
const seenAgainMs = 60 * 60_000;

/**
 * The house's registry: repositories, images and tags in the store, blobs as files. What is in a repository changes together with
 * the repository itself, so that of a push, a deletion and a sweep one waits for the other. See docs/lifecycles/image.md.
 */
export class ImageRegistry {
  readonly files: BlobFiles;
  readonly uploads: Uploads;
  readonly #deps: { readonly store: Store; readonly clock: Clock; readonly settings: Settings };

  /** @param deps.folder all blobs are in here */
  constructor(deps: {
    readonly folder: string;
    readonly store: Store;
    readonly clock: Clock;
    readonly ids: IdSource;
    readonly settings: Settings;
  }) {
    const { folder, ids, clock } = deps;
    this.#deps = deps;
    this.files = new BlobFiles(join(folder, "blobs"));
    this.uploads = new Uploads({ folder: join(folder, "uploads"), files: this.files, ids, clock });
  }

  /** @throws RegistryRefusal repositoryUnknown */
  repository(name: string, snapshot: Snapshot = this.#deps.store.snapshot()): Stored<"imageRepository"> {
    const { accountId } = this.#deps.settings;
    const found = snapshot.get("imageRepository", repositoryArn(this.#deps.settings, name));
    if (found !== undefined) return found;
    const message = `The repository with name '${name}' does not exist in the registry with id '${accountId}'`;
    throw new RegistryRefusal("repositoryUnknown", message);
  }

  /** Its size in bytes; undefined if the repository does not have it. @throws RegistryRefusal repositoryUnknown */
  blobSize(name: string, digest: string): number | undefined {
    const snapshot = this.#deps.store.snapshot();
    const { arn } = this.repository(name, snapshot);
    return snapshot.get("imageBlob", imageKey(arn, digest))?.value.size;
  }

  /**
   * The same for a push, which counts on it being there for a while from now on. One whose file was lost, with a disk or in a
   * copy of the data directory, is not there: so the push brings it back.
   */
  async seeBlob(name: string, digest: string): Promise<number | undefined> {
    const { store, clock } = this.#deps;
    const { arn } = this.repository(name);
    if (isDigest(digest) && (await this.files.sizeOf(digest)) === undefined) return undefined;
    for (;;) {
      const found = store.snapshot().get("imageBlob", imageKey(arn, digest));
      if (found === undefined || found.value.seenAt > clock.now() - seenAgainMs) return found?.value.size;
      const value = { ...found.value, seenAt: clock.now() };
      if (await this.#committed([{ kind: "imageBlob", arn: found.arn, expected: found.revision, value }])) {
        return value.size;
      }
    }
  }

  /** @param range both ends are in it. Whether the repository has it is asked before. */
  readBlob(digest: string, range?: { readonly start: number; readonly end: number }): ReadStream {
    return this.files.read(digest, range);
  }

  /** @throws RegistryRefusal repositoryUnknown, tooMany */
  async startUpload(name: string): Promise<string> {
    return this.uploads.start(uploadFolder(this.repository(name).arn));
  }

  /** @throws RegistryRefusal repositoryUnknown, uploadUnknown */
  async uploaded(name: string, id: string): Promise<number> {
    return this.uploads.received(uploadFolder(this.repository(name).arn), id);
  }

  /** As Uploads.append. @throws RegistryRefusal repositoryUnknown, uploadUnknown, rangeInvalid */
  async upload(
    name: string,
    id: string,
    part: { readonly content: AsyncIterable<Uint8Array>; readonly from?: number | undefined },
  ): Promise<number> {
    return this.uploads.append(uploadFolder(this.repository(name).arn), id, part);
  }

  /** Makes the upload a blob of the repository. @throws RegistryRefusal repositoryUnknown, uploadUnknown, digestInvalid */
  async finishUpload(name: string, id: string, digest: string): Promise<void> {
    const folder = uploadFolder(this.repository(name).arn);
    requireDigest(digest);
    await this.uploads.finish(folder, id, { digest, keep: (size) => this.#link(name, digest, size) });
  }

  /** @throws RegistryRefusal repositoryUnknown, uploadUnknown */
  async cancelUpload(name: string, id: string): Promise<void> {
    await this.uploads.cancel(uploadFolder(this.repository(name).arn), id);
  }

  /** Gives a repository a blob that another one has. @returns whether the other one has it */
  async mountBlob(
    name: string,
    { from, digest }: { readonly from: string; readonly digest: string },
  ): Promise<boolean> {
    return this.files.whileHeld(digest, async () => {
      const size = this.blobSize(from, digest);
      if (size !== undefined) await this.#link(name, digest, size);
      return size !== undefined;
    });
  }

  /**
   * Puts a manifest into a repository, durable when it resolves.
   * @returns its digest, and whether anything changed
   * @throws RegistryRefusal as planPush does, and repositoryUnknown, manifestInvalid, manifestDigestMismatch
   */
  async putImage(name: string, pushed: PushedManifest): Promise<{ readonly digest: string; readonly isNew: boolean }> {
    const { store, clock, settings } = this.#deps;
    const { content, mediaType, tag } = pushed;
    this.repository(name);
    if (content.length > mostManifestBytes) {
      throw new RegistryRefusal("manifestInvalid", `An image manifest has at most ${mostManifestBytes} bytes.`);
    }
    const manifest = parseManifest(content, mediaType);
    const digest = digestOf(content);
    if (pushed.digest !== undefined && pushed.digest !== digest) {
      const message = `The digest of the image manifest is ${digest}, and not ${pushed.digest}.`;
      throw new RegistryRefusal("manifestDigestMismatch", message);
    }
    const push = { digest, manifest, manifestBytes: content.length, tag, registryId: settings.accountId };
    const plan = (snapshot: Snapshot) =>
      planPush({ ...push, now: clock.now() }, this.repository(name, snapshot), snapshot);
    const isThere = plan(store.snapshot()).length === 0 && (await this.files.sizeOf(digest)) !== undefined;
    if (isThere) return { digest, isNew: false };
    let isNew = true;
    const keep = async () => {
      for (;;) {
        const writes = plan(store.snapshot());
        isNew = writes.length > 0;
        if (await this.#committed(writes)) return;
      }
    };
    await this.uploads.put(content, { digest, keep });
    return { digest, isNew };
  }

  /** @throws RegistryRefusal repositoryUnknown */
  findImage(name: string, wanted: ImageName, snapshot = this.#deps.store.snapshot()): Stored<"image"> | undefined {
    const { arn } = this.repository(name, snapshot);
    const tagged = wanted.tag === undefined ? undefined : snapshot.get("imageTag", imageTagKey(arn, wanted.tag));
    if (wanted.tag !== undefined && tagged === undefined) return undefined;
    const digest = wanted.digest ?? tagged?.value.digest ?? "";
    if (tagged !== undefined && tagged.value.digest !== digest) return undefined;
    return snapshot.get("image", imageKey(arn, digest));
  }

  /** The tags of an image, sorted. */
  tagsOf(key: string, snapshot: Snapshot = this.#deps.store.snapshot()): readonly string[] {
    return snapshot
      .list("imageTag", { imageKey: key })
      .map(({ value }) => value.tag)
      .toSorted();
  }

  /** The manifest's text; at most 4 MiB. */
  async readManifest({ digest }: Image): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.files.read(digest)) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  /** Somebody pulls it. A failure to note that is nobody's business. */
  notePull({ arn, revision, value }: Stored<"image">): void {
    const { clock } = this.#deps;
    if ((value.pulledAt ?? 0) > clock.now() - pullNotedMs) return;
    const write: Write = { kind: "image", arn, expected: revision, value: { ...value, pulledAt: clock.now() } };
    this.#committed([write]).catch(() => undefined);
  }

  /**
   * Takes images and tags out of a repository, all in one commit. Their blobs are swept later.
   * @param plan looks at what there is; asked again if somebody was faster
   * @throws RegistryRefusal repositoryUnknown, and what `plan` throws
   */
  async change<T>(
    name: string,
    plan: (
      repository: Stored<"imageRepository">,
      snapshot: Snapshot,
    ) => { readonly writes: readonly Write[]; readonly result: T },
  ): Promise<T> {
    for (;;) {
      const snapshot = this.#deps.store.snapshot();
      const repository = this.repository(name, snapshot);
      const { writes, result } = plan(repository, snapshot);
      if (writes.length === 0) return result;
      const whole = writes.some(({ kind }) => kind === "imageRepository")
        ? writes
        : [contentChange(repository), ...writes];
      if (await this.#committed(whole)) return result;
    }
  }

  /** The repository has this blob from now on. */
  async #link(name: string, digest: string, size: number): Promise<void> {
    const { clock } = this.#deps;
    await this.change(name, ({ arn }, snapshot) => {
      const current = snapshot.get("imageBlob", imageKey(arn, digest));
      const value = { repositoryArn: arn, digest, size, seenAt: clock.now() };
      return {
        writes: [{ kind: "imageBlob", arn: imageKey(arn, digest), expected: current?.revision ?? 0, value }],
        result: undefined,
      };
    });
  }

  /** @returns false if somebody was faster */
  async #committed(writes: readonly Write[]): Promise<boolean> {
    try {
      await this.#deps.store.commit(writes);
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }
}

/** @throws RegistryRefusal digestInvalid */
function requireDigest(digest: string): void {
  if (!isDigest(digest)) throw new RegistryRefusal("digestInvalid", `'${digest}' is not a digest as sha256:….`);
}

/** A repository's name has slashes, and may be longer than a file's. */
const uploadFolder = (arn: string): string => createHash("sha256").update(arn).digest("hex").slice(0, 32);
