import type { Operation } from "../operation.ts";
import { requireTaggable } from "../taggable.ts";

/** A resource's tags; agents ask for those of their container instance and of tasks. */
export const listTagsForResource: Operation<"ListTagsForResource"> = async (input, { store, caller }) => ({
  tags: [...requireTaggable(store.snapshot(), input.resourceArn, caller).value.tags],
});
