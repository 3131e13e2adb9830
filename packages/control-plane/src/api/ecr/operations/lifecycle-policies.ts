import { expiringIn } from "../../../registry/lifecycle/candidates.ts";
import { BadLifecyclePolicy, parseLifecyclePolicy } from "../../../registry/lifecycle/lifecycle-policy.ts";
import { EcrError } from "../api-error.ts";
import { changeRepository, requireRepository } from "../find.ts";
import type { Operation } from "../operation.ts";
import { page } from "../page.ts";

const none = (name: string, registryId: string) =>
  new EcrError(
    "LifecyclePolicyNotFoundException",
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  );

/** @throws EcrError InvalidParameterException */
function requireLifecyclePolicy(text: string): void {
  try {
    parseLifecyclePolicy(text);
  } catch (error) {
    if (!(error instanceof BadLifecyclePolicy)) throw error;
    const message = `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${error.message}'`;
    throw new EcrError("InvalidParameterException", message, { cause: error });
  }
}

/** The sweep carries it out, within an hour. Source: ECR API reference, PutLifecyclePolicy. */
export const putLifecyclePolicy: Operation<"PutLifecyclePolicy"> = async (input, context) => {
  const lifecyclePolicyText = input.lifecyclePolicyText ?? "";
  requireLifecyclePolicy(lifecyclePolicyText);
  const lifecyclePolicy = { text: lifecyclePolicyText };
  const { name } = await changeRepository(input, context, (current) => ({ ...current, lifecyclePolicy }));
  return { registryId: context.caller.accountId, repositoryName: name, lifecyclePolicyText };
};

/** Source: ECR API reference, GetLifecyclePolicy. */
export const getLifecyclePolicy: Operation<"GetLifecyclePolicy"> = async (input, context) => {
  const { accountId: registryId } = context.caller;
  const { name, lifecyclePolicy } = requireRepository(input, context).value;
  if (lifecyclePolicy === undefined) throw none(name, registryId);
  const { text, evaluatedAt } = lifecyclePolicy;
  return {
    registryId,
    repositoryName: name,
    lifecyclePolicyText: text,
    ...(evaluatedAt === undefined ? {} : { lastEvaluatedAt: new Date(evaluatedAt) }),
  };
};

/** Source: ECR API reference, DeleteLifecyclePolicy. */
export const deleteLifecyclePolicy: Operation<"DeleteLifecyclePolicy"> = async (input, context) => {
  const { accountId: registryId } = context.caller;
  let removed: { readonly text: string; readonly evaluatedAt?: number } = { text: "" };
  const { name } = await changeRepository(input, context, (current) => {
    const { lifecyclePolicy, ...rest } = current;
    if (lifecyclePolicy === undefined) throw none(current.name, registryId);
    removed = lifecyclePolicy;
    return rest;
  });
  return {
    registryId,
    repositoryName: name,
    lifecyclePolicyText: removed.text,
    ...(removed.evaluatedAt === undefined ? {} : { lastEvaluatedAt: new Date(removed.evaluatedAt) }),
  };
};

/** It is complete at once. Source: ECR API reference, StartLifecyclePolicyPreview. */
export const startLifecyclePolicyPreview: Operation<"StartLifecyclePolicyPreview"> = async (input, context) => {
  const { caller, clock } = context;
  if (input.lifecyclePolicyText !== undefined) requireLifecyclePolicy(input.lifecyclePolicyText);
  const { name, lifecyclePreview } = await changeRepository(input, context, (current) => {
    const policyText = input.lifecyclePolicyText ?? current.lifecyclePolicy?.text;
    if (policyText === undefined) throw none(current.name, caller.accountId);
    return { ...current, lifecyclePreview: { policyText, startedAt: clock.now() } };
  });
  return {
    registryId: caller.accountId,
    repositoryName: name,
    lifecyclePolicyText: lifecyclePreview?.policyText,
    status: "COMPLETE",
  };
};

/** Source: ECR API reference, GetLifecyclePolicyPreview. */
export const getLifecyclePolicyPreview: Operation<"GetLifecyclePolicyPreview"> = async (input, context) => {
  const { accountId: registryId } = context.caller;
  const snapshot = context.store.snapshot();
  const { arn, value } = requireRepository(input, context, snapshot);
  if (value.lifecyclePreview === undefined) {
    const message = `There is no lifecycle policy preview for the repository with name '${value.name}' in the registry with id '${registryId}'`;
    throw new EcrError("LifecyclePolicyPreviewNotFoundException", message);
  }
  const { policyText, startedAt } = value.lifecyclePreview;
  const expiring = expiringIn(arn, { policyText, now: startedAt, snapshot });
  const wanted = expiring.filter(({ image: { digest, tags } }) => {
    const tagStatus = input.filter?.tagStatus ?? "ANY";
    const isNamed = ({
      imageDigest = digest,
      imageTag,
    }: {
      imageDigest?: string | undefined;
      imageTag?: string | undefined;
    }) => imageDigest === digest && (imageTag === undefined || tags.includes(imageTag));
    const fits = tagStatus === "ANY" || (tagStatus === "TAGGED") === tags.length > 0;
    return fits && (input.imageIds === undefined || input.imageIds.some(isNamed));
  });
  const { items, nextToken } = page(wanted, ({ image }) => image.digest, input);
  return {
    registryId,
    repositoryName: value.name,
    lifecyclePolicyText: policyText,
    status: "COMPLETE",
    previewResults: items.map(({ image, rulePriority }) => ({
      imageDigest: image.digest,
      imageTags: [...image.tags],
      imagePushedAt: new Date(image.pushedAt),
      action: { type: "EXPIRE" as const },
      appliedRulePriority: rulePriority,
    })),
    summary: { expiringImageTotalCount: expiring.length },
    ...(nextToken === undefined ? {} : { nextToken }),
  };
};
