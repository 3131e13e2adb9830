import type { Logger } from "../platform/logger.ts";
import type { ContainerRuntime } from "../runtime/container-runtime.ts";
import { imageReference } from "../runtime/docker-image-reference.ts";

/** An image that this agent has pulled. Times are epoch milliseconds. */
export interface KnownImage {
  /** The engine's own; an image that a tag has left goes on under it. */
  readonly id: string;
  /** Names under which the engine has it: by tag, by digest. */
  readonly names: readonly string[];
  readonly pulledAt: number;
  /** When a container was last started from it. */
  readonly usedAt: number;
}

export interface ImageCleanup {
  /** An image stays at least so long after its pull, in milliseconds. */
  readonly minimumAgeMs: number;
  /** So many are removed at a time. */
  readonly imagesPerCycle: number;
}

/**
 * Images to remove now: those that no task of this agent needs, the longest unused first. Source: agent protocol §5.6.
 * @param inUse names, as task definitions have them
 * @param now epoch milliseconds
 */
export function planImageCleanup(
  images: readonly KnownImage[],
  inUse: Iterable<string>,
  { minimumAgeMs, imagesPerCycle }: ImageCleanup,
  now: number,
): readonly KnownImage[] {
  const needed = new Set([...inUse].map((image) => imageReference(image).name));
  return images
    .filter(({ names, pulledAt }) => now - pulledAt >= minimumAgeMs && !names.some((name) => needed.has(name)))
    .toSorted((a, b) => a.usedAt - b.usedAt)
    .slice(0, imagesPerCycle);
}

/** A use is written down again only after so long, in milliseconds: the order is what counts, not the second. */
const usedAgainMs = 60_000;

/**
 * The images after one was pulled, or used. A name belongs to one image at a time; one without any name left is gone.
 * @returns the very same list if nothing worth keeping has changed
 */
export function withImageUsed(
  images: readonly KnownImage[],
  used: { readonly id: string; readonly image: string; readonly digest?: string; readonly pulled: boolean },
  now: number,
): readonly KnownImage[] {
  const known = images.find(({ id }) => id === used.id);
  // What others have put on the machine is theirs.
  if (known === undefined && !used.pulled) return images;
  const { name, repository } = imageReference(used.image);
  const names = new Set([name, ...(used.digest === undefined ? [] : [`${repository}@${used.digest}`])]);
  const isNew = [...names].some((each) => !known?.names.includes(each));
  if (known !== undefined && !isNew && now - known.usedAt < usedAgainMs) return images;
  const others = images.flatMap((image) => {
    if (image.id === used.id) return [];
    const left = image.names.filter((each) => !names.has(each));
    return left.length === 0 ? [] : [left.length === image.names.length ? image : { ...image, names: left }];
  });
  const pulledAt = known?.pulledAt ?? now;
  return [...others, { id: used.id, names: [...new Set([...(known?.names ?? []), ...names])], pulledAt, usedAt: now }];
}

export interface ImageKeeperDependencies {
  readonly runtime: Pick<ContainerRuntime, "removeImage">;
  readonly logger: Logger;
  /** What is known, and remembered. */
  read(): readonly KnownImage[];
  write(images: readonly KnownImage[]): void;
  /** Names of images that tasks need which are not forgotten yet. */
  inUse(): Iterable<string>;
}

/** Removes images that this agent has pulled and nobody uses any more. Images of others are never touched. */
export class ImageKeeper {
  readonly #deps: ImageKeeperDependencies;

  constructor(deps: ImageKeeperDependencies) {
    this.#deps = deps;
  }

  used(used: Parameters<typeof withImageUsed>[1], now: number): void {
    const before = this.#deps.read();
    const after = withImageUsed(before, used, now);
    if (after !== before) this.#deps.write(after);
  }

  /** One round. Never rejects: what could not be removed is tried again in the next one. */
  async cleanUp(cleanup: ImageCleanup, now: number): Promise<void> {
    const plan = (images: readonly KnownImage[]) => planImageCleanup(images, this.#deps.inUse(), cleanup, now);
    for (const { id } of plan(this.#deps.read())) {
      // While the ones before were removed, a task may have come that needs this one.
      const [image] = plan(this.#deps.read().filter((each) => each.id === id));
      if (image !== undefined) await this.#remove(image);
    }
  }

  async #remove({ id, names }: KnownImage): Promise<void> {
    const { runtime, logger } = this.#deps;
    try {
      for (const name of names) {
        // The tag first: with the last tag the engine lets go of digests too.
        if ((await runtime.removeImage(name)) === "in use") return;
      }
      this.#deps.write(this.#deps.read().filter((image) => image.id !== id));
      logger.info({ image: names[0] }, "an image that nobody uses was removed");
    } catch (error) {
      logger.warn({ err: error, image: names[0] }, "an image could not be removed");
    }
  }
}
