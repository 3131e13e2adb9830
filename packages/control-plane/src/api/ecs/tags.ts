import type { Tag } from "@aws-sdk/client-ecs";
import { EcsError } from "./api-error.ts";

const limits = { tags: 50, key: 128, value: 256 } as const;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

/**
 * The tags of a request, each with a key and a value (empty if none is given).
 * @throws EcsError InvalidParameterException on more than 50, a key over 128 or a value over 256 characters, characters
 * that tags cannot have, the reserved prefix `aws:`, or a key given twice. Source: ECS API reference, Tag.
 */
export function requireTags(tags: readonly Tag[] | undefined): Tag[] {
  if (tags === undefined) return [];
  if (tags.length > limits.tags) throw tooMany();
  const seen = new Set<string>();
  return tags.map(({ key, value = "" }) => {
    if (key === undefined || key === "") throw invalid("Tag key can not be blank.");
    if (key.length > limits.key) throw invalid(`Tag key exceeds the maximum length of ${limits.key} characters.`);
    if (value.length > limits.value)
      throw invalid(`Tag value exceeds the maximum length of ${limits.value} characters.`);
    if (!allowed.test(key) || !allowed.test(value)) throw invalid(`Tag ${key} contains invalid characters.`);
    if (/^aws:/i.test(key)) throw invalid(`Tag keys starting with 'aws:' are reserved for system use: ${key}`);
    if (seen.has(key)) throw invalid(`Duplicate tag key: ${key}`);
    seen.add(key);
    return { key, value };
  });
}

const tooMany = () => invalid(`The number of tags exceeds the limit of ${limits.tags}.`);

/** What a resource is tagged with after `added` came on top: a known key gets the new value. @throws EcsError above 50. */
export function mergeTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map([...tags, ...added].map((tag) => [tag.key, tag]));
  if (merged.size > limits.tags) throw tooMany();
  return [...merged.values()];
}

/** What is left of a resource's tags once those with the given keys are gone. */
export const withoutTags = (tags: readonly Tag[], keys: readonly string[]): Tag[] =>
  tags.filter(({ key }) => key === undefined || !keys.includes(key));
