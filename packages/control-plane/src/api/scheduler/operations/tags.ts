import type { Tag } from "@aws-sdk/client-scheduler";
import { ConflictError } from "../../../store/store.ts";
import type { OperationContext } from "../../operation-context.ts";
import { newTags } from "../group-tags.ts";
import type { Operation } from "../operation.ts";
import { type FoundGroup, noGroup, requireGroup } from "../require-group.ts";

/** Of schedule groups; schedules themselves have no tags. Source: EventBridge Scheduler API reference, TagResource. */
export const tagResource: Operation<"TagResource"> = async ({ ResourceArn = "", Tags }, context) => {
  await changeTags(ResourceArn, context, (known) => newTags(known, Tags));
  return {};
};

/** Source: EventBridge Scheduler API reference, UntagResource. */
export const untagResource: Operation<"UntagResource"> = async ({ ResourceArn = "", TagKeys = [] }, context) => {
  await changeTags(ResourceArn, context, (known) => known.filter(({ Key = "" }) => !TagKeys.includes(Key)));
  return {};
};

/** Source: EventBridge Scheduler API reference, ListTagsForResource. */
export const listTagsForResource: Operation<"ListTagsForResource"> = async ({ ResourceArn = "" }, context) => ({
  Tags: [...groupAt(ResourceArn, context).value.tags],
});

/** @throws SchedulerError ResourceNotFoundException also for a group of the name that is of another account or region */
function groupAt(resourceArn: string, context: OperationContext): FoundGroup {
  const name = resourceArn.slice(resourceArn.lastIndexOf("/") + 1);
  const found = requireGroup(name, context);
  if (found.arn !== resourceArn) throw noGroup(name);
  return found;
}

async function changeTags(
  groupArn: string,
  context: OperationContext,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  for (;;) {
    const { arn, revision, value } = groupAt(groupArn, context);
    const changed = { ...value, tags: change(value.tags) };
    try {
      await context.store.commit([{ kind: "scheduleGroup", arn, expected: revision, value: changed }]);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
