import { repositoryArn } from "../../model/image-repository.ts";
import { everywhere, type RightsOf, textIn, textsIn } from "./right.ts";

const repository: RightsOf = (input, { place }) => [
  { resource: repositoryArn(place, textIn(input, "repositoryName") ?? "") },
];
const repositories: RightsOf = (input, { place }) => {
  const names = textsIn(input, "repositoryNames");
  return (names.length === 0 ? ["*"] : names).map((name) => ({ resource: repositoryArn(place, name) }));
};
const tagged: RightsOf = (input) => [{ resource: textIn(input, "resourceArn") ?? "*" }];

/**
 * What calls of ECR need, and what a push or a pull by Docker needs; what is not in here needs its action on `*`.
 * Source: Service Authorization Reference, "Amazon Elastic Container Registry".
 */
export const ecrRights: Readonly<Partial<Record<string, RightsOf>>> = {
  BatchCheckLayerAvailability: repository,
  BatchDeleteImage: repository,
  BatchGetImage: repository,
  BatchGetRepositoryScanningConfiguration: repositories,
  CompleteLayerUpload: repository,
  CreateRepository: repository,
  DeleteLifecyclePolicy: repository,
  DeleteRepository: repository,
  DeleteRepositoryPolicy: repository,
  DescribeImages: repository,
  DescribeRepositories: repositories,
  GetAuthorizationToken: () => [everywhere],
  GetDownloadUrlForLayer: repository,
  GetLifecyclePolicy: repository,
  GetLifecyclePolicyPreview: repository,
  GetRepositoryPolicy: repository,
  InitiateLayerUpload: repository,
  ListImageReferrers: repository,
  ListImages: repository,
  ListTagsForResource: tagged,
  PutImage: repository,
  PutImageScanningConfiguration: repository,
  PutImageTagMutability: repository,
  PutLifecyclePolicy: repository,
  SetRepositoryPolicy: repository,
  StartLifecyclePolicyPreview: repository,
  TagResource: tagged,
  UntagResource: tagged,
  UploadLayerPart: repository,
};
