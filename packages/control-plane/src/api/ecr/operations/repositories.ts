import type { ImageTagMutabilityExclusionFilter, Repository } from "@aws-sdk/client-ecr";
import { type ImageRepository, repositoryArn } from "../../../model/image-repository.ts";
import { repositoryRemoval } from "../../../registry/remove-images.ts";
import { ConflictError, type Stored } from "../../../store/store.ts";
import { EcrError } from "../api-error.ts";
import { changeRepository, registryHost, requireRepository } from "../find.ts";
import type { EcrContext, Operation } from "../operation.ts";
import { page } from "../page.ts";
import { withTags } from "../tagging.ts";

/** Source: ECR API reference, CreateRepository. */
export const createRepository: Operation<"CreateRepository"> = async (input, context) => {
  const { store, clock, caller } = context;
  const { repositoryName: name = "", imageTagMutability = "MUTABLE", encryptionConfiguration } = input;
  const arn = repositoryArn(caller, name);
  const { encryptionType = "AES256", kmsKey } = encryptionConfiguration ?? {};
  if (kmsKey !== undefined && encryptionType === "AES256") {
    throw invalid("encryptionConfiguration.kmsKey", "kmsKey goes with encryptionType KMS and KMS_DSSE");
  }
  const value: ImageRepository = {
    name,
    createdAt: clock.now(),
    tagMutability: imageTagMutability,
    tagExclusions: exclusionsOf(imageTagMutability, input.imageTagMutabilityExclusionFilters),
    scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
    encryption: { encryptionType, ...(kmsKey === undefined ? {} : { kmsKey }) },
    tags: withTags([], input.tags ?? []),
    contentChanges: 0,
  };
  try {
    const revision = await store.commit([{ kind: "imageRepository", arn, expected: 0, value }]);
    return { repository: describe({ kind: "imageRepository", arn, revision, value }, context) };
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const message = `The repository with name '${name}' already exists in the registry with id '${caller.accountId}'`;
    throw new EcrError("RepositoryAlreadyExistsException", message, { cause: error });
  }
};

/** Source: ECR API reference, DescribeRepositories. */
export const describeRepositories: Operation<"DescribeRepositories"> = async (input, context) => {
  const { repositoryNames, registryId } = input;
  if (repositoryNames !== undefined) {
    const found = repositoryNames.map((repositoryName) => requireRepository({ registryId, repositoryName }, context));
    return { repositories: found.map((repository) => describe(repository, context)) };
  }
  const all = context.store.snapshot().list("imageRepository");
  const { items, nextToken } = page(all, ({ value }) => value.name, input);
  return {
    repositories: items.map((repository) => describe(repository, context)),
    ...(nextToken === undefined ? {} : { nextToken }),
  };
};

/** With `force` its images go with it; their layers are swept later. Source: ECR API reference, DeleteRepository. */
export const deleteRepository: Operation<"DeleteRepository"> = async (input, context) => {
  const { accountId } = context.caller;
  const { name } = requireRepository(input, context).value;
  const removed = await context.registry.change(name, (repository, snapshot) => {
    if (input.force !== true && snapshot.count("image", { repositoryArn: repository.arn }) > 0) {
      const message = `The repository with name '${name}' in registry with id '${accountId}' cannot be deleted because it still contains images`;
      throw new EcrError("RepositoryNotEmptyException", message);
    }
    return { writes: repositoryRemoval(repository, snapshot), result: repository };
  });
  return { repository: describe(removed, context) };
};

/** Source: ECR API reference, PutImageTagMutability. */
export const putImageTagMutability: Operation<"PutImageTagMutability"> = async (input, context) => {
  const tagMutability = input.imageTagMutability ?? "MUTABLE";
  const tagExclusions = exclusionsOf(tagMutability, input.imageTagMutabilityExclusionFilters);
  const { name } = await changeRepository(input, context, (current) => ({ ...current, tagMutability, tagExclusions }));
  return {
    registryId: context.caller.accountId,
    repositoryName: name,
    imageTagMutability: tagMutability,
    ...filters(tagExclusions),
  };
};

/** Kept and shown; nothing is scanned. Source: ECR API reference, PutImageScanningConfiguration. */
export const putImageScanningConfiguration: Operation<"PutImageScanningConfiguration"> = async (input, context) => {
  const scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
  const { name } = await changeRepository(input, context, (current) => ({ ...current, scanOnPush }));
  return { registryId: context.caller.accountId, repositoryName: name, imageScanningConfiguration: { scanOnPush } };
};

const invalid = (member: string, why: string) =>
  new EcrError("InvalidParameterException", `Invalid parameter at '${member}' failed to satisfy constraint: '${why}'`);

function exclusionsOf(
  mutability: ImageRepository["tagMutability"],
  given: readonly ImageTagMutabilityExclusionFilter[] = [],
): readonly string[] {
  const member = "imageTagMutabilityExclusionFilters";
  if (mutability.endsWith("_WITH_EXCLUSION") !== given.length > 0) {
    throw invalid(
      member,
      `filters go with IMMUTABLE_WITH_EXCLUSION and MUTABLE_WITH_EXCLUSION, and those with filters`,
    );
  }
  const texts = given.map(({ filter = "" }) => filter);
  if (texts.some((text) => text.split("*").length > 3)) throw invalid(member, "a filter has at most two wildcards");
  return texts;
}

const filters = (exclusions: readonly string[]) =>
  exclusions.length === 0
    ? {}
    : {
        imageTagMutabilityExclusionFilters: exclusions.map((filter) => ({ filterType: "WILDCARD" as const, filter })),
      };

const describe = ({ arn, value }: Stored<"imageRepository">, context: EcrContext): Repository => ({
  repositoryArn: arn,
  registryId: context.caller.accountId,
  repositoryName: value.name,
  repositoryUri: `${registryHost(context)}/${value.name}`,
  createdAt: new Date(value.createdAt),
  imageTagMutability: value.tagMutability,
  ...filters(value.tagExclusions),
  imageScanningConfiguration: { scanOnPush: value.scanOnPush },
  encryptionConfiguration: { ...value.encryption },
});
