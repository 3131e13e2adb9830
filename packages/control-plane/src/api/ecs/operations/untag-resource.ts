import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { requireTaggable, writeTags } from "../taggable.ts";
import { withoutTags } from "../tags.ts";

/** Takes tags away from a resource by their keys; keys it does not have are no error. */
export const untagResource: Operation<"UntagResource"> = async (input, { store, caller }) =>
  commitPlan(store, (snapshot) => {
    const found = requireTaggable(snapshot, input.resourceArn, caller);
    return { writes: [writeTags(found, withoutTags(found.value.tags, input.tagKeys ?? []))], result: {} };
  });
