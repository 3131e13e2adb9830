import { inEcrWords } from "./api-error.ts";
import { getAuthorizationToken } from "./operations/authorization-token.ts";
import { describeImages, listImageReferrers, listImages } from "./operations/image-lists.ts";
import { batchDeleteImage, batchGetImage, putImage } from "./operations/images.ts";
import {
  batchCheckLayerAvailability,
  completeLayerUpload,
  getDownloadUrlForLayer,
  initiateLayerUpload,
  uploadLayerPart,
} from "./operations/layers.ts";
import {
  deleteLifecyclePolicy,
  getLifecyclePolicy,
  getLifecyclePolicyPreview,
  putLifecyclePolicy,
  startLifecyclePolicyPreview,
} from "./operations/lifecycle-policies.ts";
import {
  batchGetRepositoryScanningConfiguration,
  describePullThroughCacheRules,
  describeRegistry,
  describeRepositoryCreationTemplates,
  getAccountSetting,
  getRegistryPolicy,
  getRegistryScanningConfiguration,
} from "./operations/registry-settings.ts";
import {
  createRepository,
  deleteRepository,
  describeRepositories,
  putImageScanningConfiguration,
  putImageTagMutability,
} from "./operations/repositories.ts";
import { deleteRepositoryPolicy, getRepositoryPolicy, setRepositoryPolicy } from "./operations/repository-policies.ts";
import { listTagsForResource, tagResource, untagResource } from "./operations/tags.ts";

const noPullThrough = { notBuilt: "The house's registry holds what is pushed to it, and fetches nothing from others." };
const noReplication = { notBuilt: "The house's registry has no other registries to replicate to." };
const noScanning = { notBuilt: "Images are not scanned here." };
const noRegistryPolicy = {
  notBuilt: "The registry has no policy of its own; the policies of roles say who may do what.",
};
const noTemplates = { notBuilt: "Repositories are created by CreateRepository alone, not by a push." };

/** The operations of ECR that there are; the others are answered as not built. */
export const operations = {
  BatchCheckLayerAvailability: inEcrWords(batchCheckLayerAvailability),
  BatchDeleteImage: inEcrWords(batchDeleteImage),
  BatchGetImage: inEcrWords(batchGetImage),
  BatchGetRepositoryScanningConfiguration: inEcrWords(batchGetRepositoryScanningConfiguration),
  CompleteLayerUpload: inEcrWords(completeLayerUpload),
  CreatePullThroughCacheRule: noPullThrough,
  CreateRepository: inEcrWords(createRepository),
  CreateRepositoryCreationTemplate: noTemplates,
  DeleteLifecyclePolicy: inEcrWords(deleteLifecyclePolicy),
  DeleteRepository: inEcrWords(deleteRepository),
  DeleteRepositoryPolicy: inEcrWords(deleteRepositoryPolicy),
  DescribeImageScanFindings: noScanning,
  DescribeImages: inEcrWords(describeImages),
  DescribePullThroughCacheRules: inEcrWords(describePullThroughCacheRules),
  DescribeRegistry: inEcrWords(describeRegistry),
  DescribeRepositories: inEcrWords(describeRepositories),
  DescribeRepositoryCreationTemplates: inEcrWords(describeRepositoryCreationTemplates),
  GetAccountSetting: inEcrWords(getAccountSetting),
  GetAuthorizationToken: inEcrWords(getAuthorizationToken),
  GetDownloadUrlForLayer: inEcrWords(getDownloadUrlForLayer),
  GetLifecyclePolicy: inEcrWords(getLifecyclePolicy),
  GetLifecyclePolicyPreview: inEcrWords(getLifecyclePolicyPreview),
  GetRegistryPolicy: inEcrWords(getRegistryPolicy),
  GetRegistryScanningConfiguration: inEcrWords(getRegistryScanningConfiguration),
  GetRepositoryPolicy: inEcrWords(getRepositoryPolicy),
  InitiateLayerUpload: inEcrWords(initiateLayerUpload),
  ListImageReferrers: inEcrWords(listImageReferrers),
  ListImages: inEcrWords(listImages),
  ListTagsForResource: inEcrWords(listTagsForResource),
  PutImage: inEcrWords(putImage),
  PutImageScanningConfiguration: inEcrWords(putImageScanningConfiguration),
  PutImageTagMutability: inEcrWords(putImageTagMutability),
  PutLifecyclePolicy: inEcrWords(putLifecyclePolicy),
  PutRegistryPolicy: noRegistryPolicy,
  PutRegistryScanningConfiguration: noScanning,
  PutReplicationConfiguration: noReplication,
  SetRepositoryPolicy: inEcrWords(setRepositoryPolicy),
  StartImageScan: noScanning,
  StartLifecyclePolicyPreview: inEcrWords(startLifecyclePolicyPreview),
  TagResource: inEcrWords(tagResource),
  UntagResource: inEcrWords(untagResource),
  UploadLayerPart: inEcrWords(uploadLayerPart),
} satisfies Readonly<Record<string, unknown>>;
