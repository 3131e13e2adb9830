import { EcrError } from "../api-error.ts";
import { requireRepository } from "../find.ts";
import type { Operation } from "../operation.ts";

/** Nothing is replicated. Source: ECR API reference, DescribeRegistry. */
export const describeRegistry: Operation<"DescribeRegistry"> = async (_input, { caller }) => ({
  registryId: caller.accountId,
  replicationConfiguration: { rules: [] },
});

/** There are none. Source: ECR API reference, DescribePullThroughCacheRules. */
export const describePullThroughCacheRules: Operation<"DescribePullThroughCacheRules"> = async (input) => {
  const [prefix] = input.ecrRepositoryPrefixes ?? [];
  if (prefix === undefined) return { pullThroughCacheRules: [] };
  const message = `The pull through cache rule with the prefix '${prefix}' does not exist`;
  throw new EcrError("PullThroughCacheRuleNotFoundException", message);
};

/** There are none. Source: ECR API reference, DescribeRepositoryCreationTemplates. */
export const describeRepositoryCreationTemplates: Operation<"DescribeRepositoryCreationTemplates"> = async (
  _input,
  { caller },
) => ({ registryId: caller.accountId, repositoryCreationTemplates: [] });

/** There is none. Source: ECR API reference, GetRegistryPolicy. */
export const getRegistryPolicy: Operation<"GetRegistryPolicy"> = async (_input, { caller }) => {
  const message = `Registry policy does not exist in the registry with id '${caller.accountId}'`;
  throw new EcrError("RegistryPolicyNotFoundException", message);
};

/** What a registry has from the beginning; nothing is scanned. Source: ECR API reference, GetRegistryScanningConfiguration. */
export const getRegistryScanningConfiguration: Operation<"GetRegistryScanningConfiguration"> = async (
  _input,
  { caller },
) => ({ registryId: caller.accountId, scanningConfiguration: { scanType: "BASIC", rules: [] } });

/** Source: ECR API reference, BatchGetRepositoryScanningConfiguration. */
export const batchGetRepositoryScanningConfiguration: Operation<"BatchGetRepositoryScanningConfiguration"> = async (
  { repositoryNames = [] },
  context,
) => {
  const all = context.store.snapshot().list("imageRepository");
  const there = (name: string) => all.some(({ value }) => value.name === name);
  const found = repositoryNames.filter(there).map((repositoryName) => requireRepository({ repositoryName }, context));
  return {
    scanningConfigurations: found.map(({ arn, value }) => ({
      repositoryArn: arn,
      repositoryName: value.name,
      scanOnPush: value.scanOnPush,
      scanFrequency: value.scanOnPush ? ("SCAN_ON_PUSH" as const) : ("MANUAL" as const),
      appliedScanFilters: [],
    })),
    failures: repositoryNames
      .filter((name) => !there(name))
      .map((repositoryName) => ({
        repositoryName,
        failureCode: "REPOSITORY_NOT_FOUND" as const,
        failureReason: "The repository does not exist.",
      })),
  };
};

const settings: Readonly<Record<string, string>> = {
  BASIC_SCAN_TYPE_VERSION: "AWS_NATIVE",
  REGISTRY_POLICY_SCOPE: "V2",
  BLOB_MOUNTING: "ENABLED",
};

/** They are as they are. Source: ECR API reference, GetAccountSetting. */
export const getAccountSetting: Operation<"GetAccountSetting"> = async ({ name = "" }) => {
  const value = settings[name];
  if (value !== undefined) return { name, value };
  throw new EcrError("ValidationException", `Invalid setting name '${name}'`);
};
