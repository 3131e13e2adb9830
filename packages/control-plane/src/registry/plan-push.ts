import { type Image, type ImageRepository, type ImageTag, imageKey, imageTagKey } from "../model/image-repository.ts";
import type { Snapshot, Stored, Write } from "../store/store.ts";
import type { ParsedManifest } from "./parse-manifest.ts";
import { RegistryRefusal } from "./refusal.ts";
import { isImmutable } from "./tag-mutability.ts";

/** A manifest that is to be in a repository. */
export interface Push {
  readonly digest: string;
  readonly manifest: ParsedManifest;
  readonly manifestBytes: number;
  readonly tag: string | undefined;
  readonly now: number;
  /** The registry's id, for messages. */
  readonly registryId: string;
}

/**
 * What putting a manifest into a repository changes: the image if it is new, and where its tag points. All that it is made of
 * has to be in the repository already. Source: ECR API reference, PutImage.
 * @returns no writes if all of it was so before
 * @throws RegistryRefusal layersUnknown, imagesReferencedUnknown, tagImmutable, tagInvalid
 */
export function planPush(push: Push, repository: Stored<"imageRepository">, snapshot: Snapshot): readonly Write[] {
  const { digest, tag } = push;
  const { arn, value } = repository;
  if (tag !== undefined && !isTag(tag)) throw new RegistryRefusal("tagInvalid", `'${tag}' is not an image tag.`);
  requireParts(push, repository, snapshot);
  const image = snapshot.get("image", imageKey(arn, digest));
  const current = tag === undefined ? undefined : snapshot.get("imageTag", imageTagKey(arn, tag));
  if (tag !== undefined && current !== undefined && current.value.digest !== digest && isImmutable(value, tag)) {
    throw new RegistryRefusal(
      "tagImmutable",
      `The image tag '${tag}' already exists in the '${value.name}' repository and cannot be overwritten because the tag is immutable.`,
    );
  }
  const tagWrite: readonly Write[] =
    tag === undefined || current?.value.digest === digest
      ? []
      : [
          {
            kind: "imageTag",
            arn: imageTagKey(arn, tag),
            expected: current?.revision ?? 0,
            value: newTag(arn, tag, digest),
          },
        ];
  const imageWrite: readonly Write[] =
    image === undefined
      ? [{ kind: "image", arn: imageKey(arn, digest), expected: 0, value: newImage(push, arn, snapshot) }]
      : [];
  const writes = [...imageWrite, ...tagWrite];
  return writes.length === 0 ? [] : [contentChange(repository), ...writes];
}

/** Source: the distribution specification. */
export const isTag = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);

/** The write that goes with every change of what is in a repository. */
export const contentChange = ({ arn, revision, value }: Stored<"imageRepository">): Write => ({
  kind: "imageRepository",
  arn,
  expected: revision,
  value: { ...value, contentChanges: value.contentChanges + 1 } satisfies ImageRepository,
});

const newTag = (repository: string, tag: string, digest: string): ImageTag => ({
  repositoryArn: repository,
  tag,
  digest,
  imageKey: imageKey(repository, digest),
});

function newImage({ digest, manifest, manifestBytes, now }: Push, repository: string, snapshot: Snapshot): Image {
  const largest = manifest.manifests.map(
    (each) => snapshot.get("image", imageKey(repository, each))?.value.contentBytes,
  );
  return {
    repositoryArn: repository,
    digest,
    ...manifest,
    manifestBytes,
    contentBytes: Math.max(manifest.contentBytes, ...largest.map((size) => size ?? 0)),
    pushedAt: now,
  };
}

function requireParts(
  { manifest, registryId }: Push,
  { arn, value }: Stored<"imageRepository">,
  snapshot: Snapshot,
): void {
  const missing = (kind: "imageBlob" | "image", digests: readonly string[]) =>
    digests.filter((digest) => snapshot.get(kind, imageKey(arn, digest)) === undefined);
  const where = `required for pushing image into repository with name '${value.name}' in the registry with id '${registryId}' do not exist`;
  const layers = missing("imageBlob", manifest.blobs);
  if (layers.length > 0) {
    throw new RegistryRefusal("layersUnknown", `Layers with digests '[${layers.join(", ")}]' ${where}`);
  }
  const images = missing("image", manifest.manifests);
  if (images.length > 0) {
    throw new RegistryRefusal("imagesReferencedUnknown", `Images with digests '[${images.join(", ")}]' ${where}`);
  }
}
