import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Store, Write } from "../store/store.ts";
import type { ImageRegistry } from "./image-registry.ts";
import { expiringIn } from "./lifecycle/candidates.ts";
import { RegistryRefusal } from "./refusal.ts";
import { isFileWanted, removalOf, unusedBlobs } from "./remove-images.ts";

/** In milliseconds. A push has so long from its first layer to its manifest. */
const unusedMs = 24 * 60 * 60_000;
const everyMs = 60 * 60_000;

export interface SweepDependencies {
  readonly registry: ImageRegistry;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Carries out lifecycle policies and removes what no image needs: at once, then every hour.
 * @returns the way to stop it; resolves when nothing of it is under way any more
 */
export function keepSwept(deps: SweepDependencies): () => Promise<void> {
  const { clock, logger } = deps;
  let callOff = () => {};
  let stopped = false;
  let underWay = Promise.resolve();
  const round = () => {
    underWay = sweep(deps, () => stopped)
      .catch((error: unknown) => {
        if (!stopped) logger.error({ err: error }, "the image registry could not be swept");
      })
      .then(() => {
        if (!stopped) callOff = clock.after(everyMs, round);
      });
  };
  round();
  return async () => {
    stopped = true;
    callOff();
    await underWay;
  };
}

/**
 * One sweep: images that policies expire, blobs that no image uses, uploads that nobody goes on with, and last the files that
 * nothing in the store names. Can end at any line: the next one does the rest. See docs/lifecycles/image.md.
 */
export async function sweep(
  { registry, store, clock, logger }: SweepDependencies,
  isOver = () => false,
): Promise<void> {
  for (const { value } of store.snapshot().list("imageRepository")) {
    if (isOver()) return;
    try {
      const expired = await expire(value.name, { registry, clock });
      const freed = await free(value.name, { registry, clock });
      if (expired + freed > 0) logger.info({ repository: value.name, expired, freed }, "repository swept");
    } catch (error) {
      if (!(error instanceof RegistryRefusal && error.reason === "repositoryUnknown")) throw error;
    }
  }
  await registry.uploads.sweep(unusedMs);
  for await (const digest of registry.files.digests()) {
    if (isOver()) return;
    registry.files.removeUnless(digest, () => isFileWanted(digest, store.snapshot()));
  }
}

type Tools = Pick<SweepDependencies, "registry" | "clock">;

const expire = (name: string, { registry, clock }: Tools): Promise<number> =>
  registry.change(name, (repository, snapshot) => {
    const { arn, revision, value } = repository;
    if (value.lifecyclePolicy === undefined) return { writes: [], result: 0 };
    const policyText = value.lifecyclePolicy.text;
    const expiries = expiringIn(arn, { policyText, now: clock.now(), snapshot });
    const evaluated: Write = {
      kind: "imageRepository",
      arn,
      expected: revision,
      value: {
        ...value,
        lifecyclePolicy: { text: policyText, evaluatedAt: clock.now() },
        contentChanges: value.contentChanges + 1,
      },
    };
    const removals = expiries.flatMap(({ image }) => removalOf(image.stored, snapshot));
    return { writes: [evaluated, ...removals], result: expiries.length };
  });

const free = (name: string, { registry, clock }: Tools): Promise<number> =>
  registry.change(name, (repository, snapshot) => {
    const unused = unusedBlobs(repository, clock.now() - unusedMs, snapshot);
    return {
      writes: unused.map(({ arn, revision }): Write => ({ kind: "imageBlob", arn, expected: revision, value: null })),
      result: unused.length,
    };
  });
