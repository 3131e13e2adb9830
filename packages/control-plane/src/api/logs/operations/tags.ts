import type { LogGroup, LogStore } from "../../../log-store/log-store.ts";
import { LogsError } from "../api-error.ts";
import { groupNameOf, requireGroup } from "../identifiers.ts";
import type { LogsContext, Operation } from "../operation.ts";

/** Source: CloudWatch Logs API reference, TagResource. */
const mostTags = 50;

/** @throws LogsError InvalidParameterException for names that are AWS's own, or if there were more than fifty in the end */
export function checkTags(tags: Readonly<Record<string, string>>, known: Readonly<Record<string, string>> = {}): void {
  const all = { ...known, ...tags };
  if (Object.keys(tags).some((key) => /^aws:/i.test(key))) {
    throw new LogsError("InvalidParameterException", "Tag keys starting with aws: are reserved.");
  }
  if (Object.keys(all).length > mostTags) {
    throw new LogsError("InvalidParameterException", `A log group can have at most ${mostTags} tags.`);
  }
}

async function tag(logStore: LogStore, group: LogGroup, tags: Readonly<Record<string, string>>): Promise<void> {
  checkTags(tags, group.tags);
  await logStore.updateGroup(group.name, (current) => ({ ...current, tags: { ...current.tags, ...tags } }));
}

async function untag(logStore: LogStore, group: LogGroup, keys: readonly string[]): Promise<void> {
  await logStore.updateGroup(group.name, (current) => ({
    ...current,
    tags: Object.fromEntries(Object.entries(current.tags).filter(([key]) => !keys.includes(key))),
  }));
}

const byArn = ({ logStore, caller }: LogsContext, resourceArn: string | undefined) =>
  requireGroup(logStore, groupNameOf(resourceArn ?? "", caller));

export const tagResource: Operation<"TagResource"> = async ({ resourceArn, tags = {} }, context) => {
  await tag(context.logStore, byArn(context, resourceArn), tags);
  return {};
};
export const untagResource: Operation<"UntagResource"> = async ({ resourceArn, tagKeys = [] }, context) => {
  await untag(context.logStore, byArn(context, resourceArn), tagKeys);
  return {};
};
export const listTagsForResource: Operation<"ListTagsForResource"> = async ({ resourceArn }, context) => ({
  tags: { ...byArn(context, resourceArn).tags },
});

/** The older three, by name. */
export const tagLogGroup: Operation<"TagLogGroup"> = async ({ logGroupName, tags = {} }, { logStore }) => {
  await tag(logStore, requireGroup(logStore, logGroupName), tags);
  return {};
};
export const untagLogGroup: Operation<"UntagLogGroup"> = async ({ logGroupName, tags = [] }, { logStore }) => {
  await untag(logStore, requireGroup(logStore, logGroupName), tags);
  return {};
};
export const listTagsLogGroup: Operation<"ListTagsLogGroup"> = async ({ logGroupName }, { logStore }) => ({
  tags: { ...requireGroup(logStore, logGroupName).tags },
});
