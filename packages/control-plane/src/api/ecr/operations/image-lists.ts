import type { ImageDetail, ImageIdentifier, TagStatus } from "@aws-sdk/client-ecr";
import type { Snapshot, Stored } from "../../../store/store.ts";
import { imageNameOf, imageNotFound, requireRepository } from "../find.ts";
import type { EcrContext, Operation } from "../operation.ts";
import { page } from "../page.ts";

const fits = (tagStatus: TagStatus | undefined, tags: readonly string[]) =>
  tagStatus === undefined || tagStatus === "ANY" || (tagStatus === "TAGGED") === tags.length > 0;

/** An entry for every tag, and one for every image without. Source: ECR API reference, ListImages. */
export const listImages: Operation<"ListImages"> = async (input, context) => {
  const snapshot = context.store.snapshot();
  const { arn } = requireRepository(input, context, snapshot);
  const ids = snapshot.list("image", { repositoryArn: arn }).flatMap((image): ImageIdentifier[] => {
    const { digest } = image.value;
    const tags = context.registry.tagsOf(image.arn, snapshot);
    if (!fits(input.filter?.tagStatus, tags)) return [];
    return tags.length === 0 ? [{ imageDigest: digest }] : tags.map((imageTag) => ({ imageDigest: digest, imageTag }));
  });
  const { items, nextToken } = page(ids, ({ imageDigest = "", imageTag = "" }) => `${imageDigest} ${imageTag}`, input);
  return { imageIds: [...items], ...(nextToken === undefined ? {} : { nextToken }) };
};

/** Source: ECR API reference, DescribeImages. */
export const describeImages: Operation<"DescribeImages"> = async (input, context) => {
  const snapshot = context.store.snapshot();
  const { arn, value } = requireRepository(input, context, snapshot);
  const details = (image: Stored<"image">) => describe(image, value.name, context, snapshot);
  if (input.imageIds !== undefined) {
    const found = input.imageIds.map((imageId) => {
      const image = context.registry.findImage(value.name, imageNameOf(imageId), snapshot);
      if (image === undefined) throw imageNotFound(imageId, value.name, context.caller.accountId);
      return image;
    });
    return { imageDetails: found.map(details) };
  }
  const wanted = snapshot
    .list("image", { repositoryArn: arn })
    .filter((image) => fits(input.filter?.tagStatus, context.registry.tagsOf(image.arn, snapshot)));
  const { items, nextToken } = page(wanted, (image) => image.value.digest, input);
  return { imageDetails: items.map(details), ...(nextToken === undefined ? {} : { nextToken }) };
};

/** Source: ECR API reference, ListImageReferrers. */
export const listImageReferrers: Operation<"ListImageReferrers"> = async (input, context) => {
  const snapshot = context.store.snapshot();
  const { arn } = requireRepository(input, context, snapshot);
  const { artifactTypes } = input.filter ?? {};
  const referrers = snapshot
    .list("image", { repositoryArn: arn, subject: input.subjectId?.imageDigest ?? "" })
    .filter(({ value }) => artifactTypes === undefined || artifactTypes.includes(value.artifactType ?? ""));
  const { items, nextToken } = page(referrers, ({ value }) => value.digest, {
    ...input,
    maxResults: input.maxResults ?? 50,
  });
  return {
    referrers: items.map(({ value }) => ({
      digest: value.digest,
      mediaType: value.mediaType,
      ...(value.artifactType === undefined ? {} : { artifactType: value.artifactType }),
      size: value.manifestBytes,
      annotations: { ...value.annotations },
      artifactStatus: "ACTIVE" as const,
    })),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
};

function describe(
  { arn, value }: Stored<"image">,
  name: string,
  { registry, caller }: EcrContext,
  snapshot: Snapshot,
): ImageDetail {
  const tags = registry.tagsOf(arn, snapshot);
  return {
    registryId: caller.accountId,
    repositoryName: name,
    imageDigest: value.digest,
    ...(tags.length === 0 ? {} : { imageTags: [...tags] }),
    imageSizeInBytes: value.contentBytes,
    imagePushedAt: new Date(value.pushedAt),
    imageManifestMediaType: value.mediaType,
    ...(value.artifactType === undefined ? {} : { artifactMediaType: value.artifactType }),
    ...(value.pulledAt === undefined ? {} : { lastRecordedPullTime: new Date(value.pulledAt) }),
    ...(value.subject === undefined ? {} : { subjectManifestDigest: value.subject }),
    imageStatus: "ACTIVE",
  };
}
