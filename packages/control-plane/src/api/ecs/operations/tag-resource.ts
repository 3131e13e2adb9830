import { commitPlan } from "../commit-plan.ts";
import type { Operation } from "../operation.ts";
import { requireTaggable, writeTags } from "../taggable.ts";
import { mergeTags, requireTags } from "../tags.ts";

/** Adds tags to a resource; a known key gets the new value. Source: ECS API reference, TagResource. */
export const tagResource: Operation<"TagResource"> = async (input, { store, caller }) => {
  const added = requireTags(input.tags);
  return commitPlan(store, (snapshot) => {
    const found = requireTaggable(snapshot, input.resourceArn, caller);
    return { writes: [writeTags(found, mergeTags(found.value.tags, added))], result: {} };
  });
};
