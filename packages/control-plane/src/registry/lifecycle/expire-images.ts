import { matchesWildcard } from "../tag-mutability.ts";
import type { LifecycleRule } from "./lifecycle-policy.ts";

/** An image as lifecycle rules see it. */
export interface Candidate {
  readonly digest: string;
  readonly tags: readonly string[];
  /** Epoch milliseconds. */
  readonly pushedAt: number;
  /** An index that is there names it. */
  readonly isReferenced: boolean;
}

export interface Expiry<T extends Candidate> {
  readonly image: T;
  readonly rulePriority: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Which images a policy expires, and by which rule. Every rule looks at all images as if no other had expired any; an image whose
 * tags fit a rule is that rule's to keep or to expire, and no later rule's. What an index names stays until the index is gone.
 * Source: ECR user guide, "How lifecycle policies work".
 * @param rules by priority
 */
export function expireImages<T extends Candidate>(
  rules: readonly LifecycleRule[],
  images: readonly T[],
  now: number,
): readonly Expiry<T>[] {
  const youngestFirst = images.toSorted((a, b) => b.pushedAt - a.pushedAt || (a.digest < b.digest ? -1 : 1));
  const claimed = new Set<T>();
  const expired: Expiry<T>[] = [];
  for (const rule of rules) {
    const fitting = youngestFirst.filter(({ tags }) => isSelected(rule, tags));
    const { count } = rule;
    const outdated =
      count.type === "imageCountMoreThan"
        ? fitting.slice(count.images)
        : fitting.filter(({ pushedAt }) => pushedAt < now - count.days * dayMs);
    for (const image of outdated) {
      if (!claimed.has(image) && !image.isReferenced) expired.push({ image, rulePriority: rule.priority });
    }
    for (const image of fitting) claimed.add(image);
  }
  return expired;
}

function isSelected({ tagStatus, tagPrefixes, tagPatterns }: LifecycleRule, tags: readonly string[]): boolean {
  switch (tagStatus) {
    case "any":
      return true;
    case "untagged":
      return tags.length === 0;
    case "tagged":
      return (
        tags.length > 0 &&
        tagPrefixes.every((prefix) => tags.some((tag) => tag.startsWith(prefix))) &&
        tagPatterns.every((pattern) => tags.some((tag) => matchesWildcard(pattern, tag)))
      );
  }
}
