import type { Snapshot, Stored, Write } from "../store/store.ts";

/** The writes that take an image out of a repository with all its tags. */
export function removalOf(image: Stored<"image">, snapshot: Snapshot): readonly Write[] {
  const tags = snapshot.list("imageTag", { imageKey: image.arn });
  return [
    { kind: "image", arn: image.arn, expected: image.revision, value: null },
    ...tags.map(({ arn, revision }): Write => ({ kind: "imageTag", arn, expected: revision, value: null })),
  ];
}

/** Digests of indexes of the same repository that name this image: it has to stay as long as one does. */
export function indexesNaming(
  { digest, repositoryArn }: { readonly digest: string; readonly repositoryArn: string },
  snapshot: Snapshot,
): readonly string[] {
  return snapshot
    .list("image", { repositoryArn })
    .filter(({ value }) => value.manifests.includes(digest))
    .map(({ value }) => value.digest);
}

/** The writes that remove a repository with all that is in it. */
export function repositoryRemoval(repository: Stored<"imageRepository">, snapshot: Snapshot): readonly Write[] {
  const { arn, revision } = repository;
  const where = { repositoryArn: arn };
  const gone = (kind: "image" | "imageTag" | "imageBlob") =>
    snapshot.list(kind, where).map((each): Write => ({ kind, arn: each.arn, expected: each.revision, value: null }));
  return [
    { kind: "imageRepository", arn, expected: revision, value: null },
    ...gone("image"),
    ...gone("imageTag"),
    ...gone("imageBlob"),
  ];
}

/** Blobs of a repository that no image of it uses, and that no push has asked for since `before`. */
export function unusedBlobs(
  { arn }: Pick<Stored<"imageRepository">, "arn">,
  before: number,
  snapshot: Snapshot,
): readonly Stored<"imageBlob">[] {
  const used = new Set(snapshot.list("image", { repositoryArn: arn }).flatMap(({ value }) => value.blobs));
  return snapshot
    .list("imageBlob", { repositoryArn: arn })
    .filter(({ value }) => value.seenAt < before && !used.has(value.digest));
}

/** Whether anything in the registry needs the file of this digest. */
export const isFileWanted = (digest: string, snapshot: Snapshot): boolean =>
  snapshot.count("imageBlob", { digest }) > 0 || snapshot.count("image", { digest }) > 0;
