import { EcrError } from "../api-error.ts";
import { changeRepository } from "../find.ts";
import type { EcrContext, Operation } from "../operation.ts";
import { withTags } from "../tagging.ts";

/** The name of the repository that an ARN stands for. @throws EcrError */
function named(arn: string, { caller }: EcrContext): { readonly registryId: string; readonly repositoryName: string } {
  const [, region, registryId = "", repositoryName = ""] =
    /^arn:aws:ecr:([^:]*):(\d{12}):repository\/(.+)$/.exec(arn) ?? [];
  if (region === caller.region) return { registryId, repositoryName };
  throw new EcrError(
    "InvalidParameterException",
    `Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'`,
  );
}

/** Source: ECR API reference, TagResource. */
export const tagResource: Operation<"TagResource"> = async ({ resourceArn = "", tags = [] }, context) => {
  await changeRepository(named(resourceArn, context), context, (current) => ({
    ...current,
    tags: withTags(current.tags, tags),
  }));
  return {};
};

/** Source: ECR API reference, UntagResource. */
export const untagResource: Operation<"UntagResource"> = async ({ resourceArn = "", tagKeys = [] }, context) => {
  await changeRepository(named(resourceArn, context), context, (current) => ({
    ...current,
    tags: current.tags.filter(({ Key }) => !tagKeys.includes(Key)),
  }));
  return {};
};

/** Source: ECR API reference, ListTagsForResource. */
export const listTagsForResource: Operation<"ListTagsForResource"> = async ({ resourceArn = "" }, context) => {
  const { tags } = await changeRepository(named(resourceArn, context), context, (current) => current);
  return { tags: [...tags] };
};
