import type { Tag } from "@aws-sdk/client-secrets-manager";
import { commitPlan } from "../../ecs/commit-plan.ts";
import type { Operation, SecretsContext } from "../operation.ts";
import { requireLiveSecret } from "../secret-identifiers.ts";
import { withTags } from "../secret-tags.ts";

const changeTags = (
  secretId: string | undefined,
  { store, caller }: SecretsContext,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<Record<string, never>> =>
  commitPlan(store, (snapshot) => {
    const { arn, revision, value } = requireLiveSecret(snapshot, secretId, caller);
    return {
      writes: [{ kind: "secret", arn, expected: revision, value: { ...value, tags: change(value.tags) } }],
      result: {},
    };
  });

/** Source: Secrets Manager API reference, TagResource. */
export const tagResource: Operation<"TagResource"> = ({ SecretId, Tags = [] }, context) =>
  changeTags(SecretId, context, (known) => withTags(known, Tags));

/** Source: Secrets Manager API reference, UntagResource. */
export const untagResource: Operation<"UntagResource"> = ({ SecretId, TagKeys = [] }, context) =>
  changeTags(SecretId, context, (known) => known.filter(({ Key = "" }) => !TagKeys.includes(Key)));
