import type { Tag as EcsTag } from "@aws-sdk/client-ecs";
import type { Tag } from "@aws-sdk/client-iam";
import { IamError } from "./api-error.ts";

const maxTags = 50;

/** Tags as IAM spells them. */
export const describeTags = (tags: readonly EcsTag[]): Tag[] =>
  tags.map(({ key, value = "" }) => ({ Key: key, Value: value }));

/** As `describeTags`, and no member at all where there are none. */
export const shownTags = (tags: readonly EcsTag[]): { readonly Tags?: Tag[] } =>
  tags.length === 0 ? {} : { Tags: describeTags(tags) };

/**
 * What a thing is tagged with after `added` came on top. Keys differ by more than the case of letters.
 * @throws IamError InvalidInput for a key given twice or reserved, LimitExceeded above 50. Source: IAM API reference, TagRole.
 */
export function withTags(tags: readonly EcsTag[], added: readonly Tag[] = []): EcsTag[] {
  const keys = added.map(({ Key: key = "" }) => key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw new IamError("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if (keys.some((key) => key.startsWith("aws:"))) {
    throw new IamError("InvalidInput", "Tag keys that begin with aws: are reserved.");
  }
  const merged = new Map(tags.map((tag) => [tag.key?.toLowerCase(), tag]));
  for (const { Key: key = "", Value: value = "" } of added) merged.set(key.toLowerCase(), { key, value });
  if (merged.size > maxTags) throw new IamError("LimitExceeded", `Cannot exceed quota for TagsPerResource: ${maxTags}`);
  return [...merged.values()];
}

/** What is left once the tags with the given keys are gone. */
export function withoutTags(tags: readonly EcsTag[], keys: readonly string[] = []): EcsTag[] {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return tags.filter(({ key = "" }) => !gone.has(key.toLowerCase()));
}
