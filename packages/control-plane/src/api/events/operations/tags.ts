import type { Tag } from "@aws-sdk/client-eventbridge";
import { NotFoundError } from "../../../store/store.ts";
import { update } from "../../../store/update.ts";
import { EventsError } from "../api-error.ts";
import type { EventsContext, Operation } from "../operation.ts";

/** Source: EventBridge user guide, "Tagging". */
const mostTags = 50;

const noResource = (arn: string, options?: ErrorOptions) =>
  new EventsError("ResourceNotFoundException", `Resource ${arn} does not exist.`, options);

async function changeTags(
  arn: string,
  { store }: EventsContext,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  try {
    await update(store, "eventRule", arn, (rule) => ({ ...rule, tags: change(rule.tags) }));
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw noResource(arn, { cause: error });
  }
}

/** Of rules. Source: EventBridge API reference, TagResource. */
export const tagResource: Operation<"TagResource"> = async ({ ResourceARN = "", Tags = [] }, context) => {
  await changeTags(ResourceARN, context, (known) => {
    const tags = [...new Map([...known, ...Tags].map((tag) => [tag.Key, tag])).values()];
    if (tags.length > mostTags) {
      throw new EventsError("LimitExceededException", `A rule can have at most ${mostTags} tags.`);
    }
    return tags;
  });
  return {};
};

/** Source: EventBridge API reference, UntagResource. */
export const untagResource: Operation<"UntagResource"> = async ({ ResourceARN = "", TagKeys = [] }, context) => {
  await changeTags(ResourceARN, context, (known) => known.filter(({ Key = "" }) => !TagKeys.includes(Key)));
  return {};
};

/** Source: EventBridge API reference, ListTagsForResource. */
export const listTagsForResource: Operation<"ListTagsForResource"> = async ({ ResourceARN = "" }, { store }) => {
  const rule = store.snapshot().get("eventRule", ResourceARN);
  if (rule === undefined) throw noResource(ResourceARN);
  return { Tags: [...rule.value.tags] };
};
