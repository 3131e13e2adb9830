import type { Image as ApiImage, ImageFailure, ImageFailureCode, ImageIdentifier } from "@aws-sdk/client-ecr";
import { type Image, imageTagKey } from "../../../model/image-repository.ts";
import { isDigest } from "../../../registry/digest.ts";
import { isTag } from "../../../registry/plan-push.ts";
import { indexesNaming, removalOf } from "../../../registry/remove-images.ts";
import type { Snapshot, Stored, Write } from "../../../store/store.ts";
import { EcrError } from "../api-error.ts";
import { imageNameOf, requireRepository } from "../find.ts";
import type { EcrContext, Operation } from "../operation.ts";

/** Source: ECR API reference, PutImage. */
export const putImage: Operation<"PutImage"> = async (input, context) => {
  const { accountId: registryId } = context.caller;
  const { name } = requireRepository(input, context).value;
  const { imageManifest = "", imageManifestMediaType, imageTag, imageDigest } = input;
  const { digest, isNew } = await context.registry.putImage(name, {
    content: Buffer.from(imageManifest),
    mediaType: imageManifestMediaType,
    tag: imageTag,
    digest: imageDigest,
  });
  if (!isNew) {
    const message = `Image with digest '${digest}' and tag '${imageTag ?? "null"}' already exists in the repository with name '${name}' in registry with id '${registryId}'`;
    throw new EcrError("ImageAlreadyExistsException", message);
  }
  const image = context.registry.findImage(name, { digest });
  const imageId = { imageDigest: digest, ...(imageTag === undefined ? {} : { imageTag }) };
  const described = { registryId, repositoryName: name, imageId, imageManifest };
  return { image: { ...described, imageManifestMediaType: image?.value.mediaType ?? imageManifestMediaType } };
};

/** Source: ECR API reference, BatchGetImage. */
export const batchGetImage: Operation<"BatchGetImage"> = async (input, context) => {
  const { registry, caller } = context;
  const { name } = requireRepository(input, context).value;
  const images: ApiImage[] = [];
  const failures: ImageFailure[] = [];
  for (const imageId of input.imageIds ?? []) {
    const found = findOne(imageId, name, context);
    if ("failure" in found) {
      failures.push({ imageId, ...found.failure });
      continue;
    }
    registry.notePull(found.image);
    images.push({
      registryId: caller.accountId,
      repositoryName: name,
      imageId: { ...imageId, imageDigest: found.image.value.digest },
      imageManifest: (await registry.readManifest(found.image.value)).toString(),
      imageManifestMediaType: found.image.value.mediaType,
    });
  }
  return { images, failures };
};

/**
 * By its tag alone an image loses that tag, and goes with the last one; by its digest it goes with all its tags.
 * Source: ECR API reference, BatchDeleteImage.
 */
export const batchDeleteImage: Operation<"BatchDeleteImage"> = async (input, context) => {
  const { name } = requireRepository(input, context).value;
  return context.registry.change(name, (_repository, snapshot) => {
    const removal = new Removal(snapshot);
    const failures = (input.imageIds ?? []).flatMap((imageId) => {
      const found = findOne(imageId, name, context, snapshot);
      const failure = "failure" in found ? found.failure : removal.add(found.image, imageId.imageTag);
      return failure === undefined ? [] : [{ imageId, ...failure }];
    });
    return { writes: removal.writes(), result: { imageIds: removal.gone(), failures } };
  });
};

type Failure = { readonly failureCode: ImageFailureCode; readonly failureReason: string };

function findOne(
  imageId: ImageIdentifier,
  name: string,
  { registry }: EcrContext,
  snapshot?: Snapshot,
): { readonly image: Stored<"image"> } | { readonly failure: Failure } {
  const { digest, tag } = imageNameOf(imageId);
  const failed = (failureCode: ImageFailureCode, failureReason: string) => ({
    failure: { failureCode, failureReason },
  });
  if (digest === undefined && tag === undefined) {
    return failed("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
  }
  if (digest !== undefined && !isDigest(digest)) {
    return failed(
      "InvalidImageDigest",
      "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
    );
  }
  if (tag !== undefined && !isTag(tag))
    return failed("InvalidImageTag", "Invalid request parameters: invalid image tag");
  const image = registry.findImage(name, { digest, tag }, snapshot);
  if (image !== undefined) return { image };
  const others = digest !== undefined && tag !== undefined && registry.findImage(name, { tag }, snapshot) !== undefined;
  return others
    ? failed("ImageTagDoesNotMatchDigest", "The image tag does not match the image digest")
    : failed("ImageNotFound", "Requested image not found");
}

/** What one call takes out of a repository. */
class Removal {
  readonly #snapshot: Snapshot;
  readonly #images = new Map<string, Stored<"image">>();
  readonly #tags = new Map<string, { readonly image: Image; readonly tag: string }>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** @returns why it cannot go, if it cannot */
  add(image: Stored<"image">, tag: string | undefined): Failure | undefined {
    const tags = this.#snapshot.list("imageTag", { imageKey: image.arn }).map(({ value }) => value.tag);
    const going = tag === undefined ? tags : [tag];
    const left = tags.filter(
      (each) => !going.includes(each) && !this.#tags.has(imageTagKey(image.value.repositoryArn, each)),
    );
    if (left.length === 0) {
      const naming = indexesNaming(image.value, this.#snapshot).filter(
        (digest) => ![...this.#images.values()].some(({ value }) => value.digest === digest),
      );
      if (naming.length > 0) {
        return {
          failureCode: "ImageReferencedByManifestList",
          failureReason: `Requested image referenced by manifest list: [${naming.join(", ")}]`,
        };
      }
      this.#images.set(image.arn, image);
    }
    for (const each of going)
      this.#tags.set(imageTagKey(image.value.repositoryArn, each), { image: image.value, tag: each });
    return undefined;
  }

  writes(): readonly Write[] {
    const images = [...this.#images.values()].flatMap((image) => removalOf(image, this.#snapshot));
    const done = new Set(images.map(({ arn }) => arn));
    const tags = [...this.#tags.keys()].flatMap((arn): Write[] => {
      const stored = done.has(arn) ? undefined : this.#snapshot.get("imageTag", arn);
      return stored === undefined ? [] : [{ kind: "imageTag", arn, expected: stored.revision, value: null }];
    });
    return [...images, ...tags];
  }

  /** Every tag that is gone, with its digest; images without one by their digest alone. */
  gone(): ImageIdentifier[] {
    const tagged = [...this.#tags.values()].map(({ image, tag }) => ({ imageDigest: image.digest, imageTag: tag }));
    const untagged = [...this.#images.values()].filter(
      ({ value }) => !tagged.some(({ imageDigest }) => imageDigest === value.digest),
    );
    return [...tagged, ...untagged.map(({ value }) => ({ imageDigest: value.digest }))];
  }
}
